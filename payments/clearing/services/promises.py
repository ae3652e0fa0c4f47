"""The promise for a payment: path, departure, arrival, until when it can be taken back."""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.conf import settings

from core import policy, workdays
from ledger.calendar import business_date
from ledger.money import Money
from payments.clearing import paths
from payments.clearing.banks import Bank
from payments.clearing.paths import Figures, Mode, NoPath, Offer
from payments.refusals import NotOffered


def local(now: datetime) -> datetime:
    """This function will give a moment on the bank's wall clock."""
    return now.astimezone(ZoneInfo(settings.TIME_ZONE))


def figures(*, currency: str, on: date) -> Figures:
    """This function will read the figures that count on a day. Raises NotOffered for a currency without."""
    unit = currency.lower()

    def minor(name: str) -> int:
        return Money.of(str(policy.value(f"clearing.{name}.{unit}", on=on)), currency).minor

    def clock(name: str) -> time:
        return time.fromisoformat(str(policy.value(f"clearing.{name}", on=on)))

    def number(name: str) -> int:
        return int(policy.value(name, on=on))

    try:
        return Figures(
            ibps_most=minor("ibps_most"),
            beps_most=minor("beps_most"),
            hvps_opens=clock("hvps_opens"),
            hvps_closes=clock("hvps_closes"),
            instant_seconds=number("clearing.instant_seconds"),
            hvps_minutes=number("clearing.hvps_minutes"),
            ordinary_minutes=number("clearing.ordinary_minutes"),
            batch_minutes=number("clearing.batch_minutes"),
            next_day_opens=clock("next_day_opens"),
            draft_minutes=number("transfer.draft_minutes"),
        )
    except policy.UnknownPolicy as missing:
        raise NotOffered(currency) from missing


def is_offered(currency: str, *, on: date) -> bool:
    """This function will say whether other banks are paid in a currency."""
    try:
        figures(currency=currency, on=on)
    except NotOffered:
        return False
    return True


def offer(*, mode: Mode, amount: int, currency: str, bank: Bank, now: datetime) -> Offer | NoPath:
    """This function will make the promise for a payment that is confirmed at `now`. Raises NotOffered."""
    return paths.offer(
        mode=mode,
        amount=amount,
        systems=bank.systems,
        now=local(now),
        works_on=workdays.works_on,
        figures=figures(currency=currency, on=business_date(now)),
    )


def large_open(*, now: datetime) -> bool:
    """This function will say whether the large-value system takes payments at a moment."""
    on = business_date(now)
    opens, closes = (
        time.fromisoformat(str(policy.value(f"clearing.hvps_{name}", on=on))) for name in ("opens", "closes")
    )
    return paths.large_open(local(now), opens=opens, closes=closes, works_on=workdays.works_on)


def latest(found: Offer, *, mode: Mode, draft_life: timedelta) -> datetime:
    """This function will give the moment by which the money arrives, whenever the draft is confirmed while it lives."""
    return found.arrives_by + (draft_life if mode is Mode.ORDINARY else timedelta(0))
