"""Taking reference rates in: what is new is added, what is known stays, what makes no sense is refused by line."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

from django.db import connection, transaction

from core import audit
from ledger.calendar import business_date
from ledger.money import EXPONENTS
from payments.exchange import ecb, figures
from payments.exchange.models import EURO, Rate

BATCH = 250  # days to a transaction
NEIGHBOUR = timedelta(days=10)  # further back, a rate says nothing about a slip


@dataclass
class Loaded:
    """What became of a file."""

    days: int = 0
    added: int = 0
    known: int = 0
    newest: date | None = None
    refused: list[str] = field(default_factory=list)
    left_out: set[str] = field(default_factory=set)  # currencies the bank's books do not know


def load(
    path: Path, *, source: str, now: datetime, tell: Callable[[int, int], None] = lambda _done, _all: None
) -> Loaded:
    """This function will add the rates of a file that are not known yet, oldest first; `tell` hears how far it is.

    Each batch of days is a transaction, so that whoever is interrupted goes on by starting again. A rate that is known
    stays as it was: one that differs is refused, and so is one that looks like a slip beside the day before
    (`exchange.jump_percent`). Raises ecb.WrongFile, OSError.
    """
    today, loaded = business_date(now), Loaded()
    with ecb.opened(path) as text:
        read = list(ecb.lines(text, today=today))
    loaded.refused = [f"line {line.number}: {line.wrong}" for line in read if line.wrong]
    good = sorted((line for line in read if not line.wrong and line.day), key=lambda line: line.day or date.min)
    if not good:
        return loaded
    largest = figures.jump_percent(on=today) / 100
    before = _standing(good[0].day or today)
    for start in range(0, len(good), BATCH):
        part = good[start : start + BATCH]
        with transaction.atomic():
            fresh = _add(part, before, largest, source, loaded, now)
            if fresh:
                audit.record(
                    act="exchange.rates_loaded",
                    subject=f"exchange.rates:{source}",
                    after={"rates": fresh, "from": part[0].day, "to": part[-1].day, "file": path.name},
                    now=now,
                )
        tell(start + len(part), len(good))
    return loaded


def _standing(first: date) -> dict[str, tuple[date, Decimal]]:
    """The rates just before the file begins."""
    found = Rate.objects.filter(day__lt=first, day__gte=first - NEIGHBOUR).order_by("day")
    return {rate.quote: (rate.day, rate.rate) for rate in found}


def _add(
    part: list[ecb.Line],
    before: dict[str, tuple[date, Decimal]],
    largest: Decimal,
    source: str,
    loaded: Loaded,
    now: datetime,
) -> int:
    """Add what is new of some days, in the open transaction, and answer how many rates that is."""
    days = [line.day for line in part if line.day]
    with connection.cursor() as cursor:  # two who load at once come one after the other
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('exchange.rates'))")
    known = {(rate.day, rate.quote): rate.rate for rate in Rate.objects.filter(day__in=days)}
    new: list[Rate] = []
    for line in part:
        if line.day is None:
            continue
        fresh = 0
        for currency, rate in line.rates.items():
            if currency not in EXPONENTS or currency == EURO:
                loaded.left_out.add(currency)
                continue
            held = known.get((line.day, currency))
            if held is not None:
                loaded.known += 1
                if held != rate:
                    loaded.refused.append(
                        f"line {line.number}: {currency} of {line.day} is known as {held.normalize():f}"
                    )
            elif wrong := _slip(currency, line.day, rate, before, largest):
                loaded.refused.append(f"line {line.number}: {wrong}")
                continue
            else:
                new.append(Rate(base=EURO, quote=currency, day=line.day, rate=rate, source=source, loaded_at=now))
                fresh += 1
            before[currency] = (line.day, held if held is not None else rate)
        loaded.days += bool(fresh)
        loaded.added += fresh
        if fresh:
            loaded.newest = line.day
    Rate.objects.bulk_create(new)
    return len(new)


def _slip(currency: str, day: date, rate: Decimal, before: dict[str, tuple[date, Decimal]], largest: Decimal) -> str:
    """What speaks against a rate beside the one before it; "" where nothing does."""
    if currency not in before:
        return ""
    last_day, last = before[currency]
    if day - last_day > NEIGHBOUR or abs(rate - last) <= last * largest:
        return ""
    return f"{currency}: {rate} after {last.normalize():f} on {last_day} looks like a slip"
