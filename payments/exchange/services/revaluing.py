"""Valuing the currency position at the end of a business day: its counter-value is brought to the reference rate."""

from datetime import date, datetime

from django.db import transaction

from ledger import posting
from ledger.money import Money
from payments.exchange import arithmetic, position, rates
from payments.exchange.models import HOME, Revaluation

KIND = "exchange.valuation"
BOOKED, UNCHANGED, SUPERSEDED = "booked", "unchanged", "superseded"


def revalue(*, currency: str, day: date, now: datetime) -> str:
    """This function will book what the position in a currency has gained or lost by a business date, once for each.

    Gain and loss are the worth at the reference rate that counts on the day, less the counter-value. Answers `booked`,
    `unchanged`, or `superseded` when a later day was valued before: that one has it in it. Raises refusals.NoRate: no
    rate is guessed, nothing is booked, and the next valuation makes up for this one.
    """
    with transaction.atomic():
        before = Revaluation.objects.filter(currency=currency, day__gte=day).order_by("day").first()
        if before is not None:
            if before.day > day:
                return SUPERSEDED
            return BOOKED if before.entry_id is not None else UNCHANGED
        held = position.at_end_of(day, currency=currency)
        if not held.position and not held.counter:
            return UNCHANGED
        found = rates.fixing(currency, HOME, on=day)
        worth = arithmetic.worth(Money(held.position, currency), HOME, found.per_euro)
        result = worth.minor + held.counter
        entry_id = _book(currency, day, result, now) if result else None
        Revaluation.objects.create(
            day=day, currency=currency, position=held.position, before=held.counter, worth=worth.minor, result=result,
            rate=arithmetic.written(arithmetic.mid(currency, HOME, found.per_euro)), rate_day=found.day,
            entry_id=entry_id, made_at=now,
        )  # fmt: skip
    return BOOKED if entry_id is not None else UNCHANGED


def _book(currency: str, day: date, result: int, now: datetime) -> int:
    posted = posting.post(
        key=f"exchange-valuation:{currency}:{day:%Y-%m-%d}",
        kind=KIND,
        channel="system",
        business_date=day,
        lines=[
            posting.Line(position.counter(currency, now=now), -result, currency, HOME),
            posting.Line(position.own(position.RESULT, HOME, now=now), result, currency, HOME),
        ],
    )
    return posted.entry_id
