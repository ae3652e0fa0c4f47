"""The policy figures of payments in the units the code counts in: minor units, moments. Nothing is a constant here."""

from datetime import date, datetime, timedelta
from functools import lru_cache

from core import policy
from ledger.calendar import business_date
from ledger.money import Money
from payments.asking import Caps, Free
from payments.limits import Limits
from payments.models import Transfer


def usual_limits(*, currency: str, on: date) -> Limits:
    """This function will read the limits of a customer who set none. Raises policy.UnknownPolicy."""
    return _limits("", currency, on)


def most_limits(*, currency: str, on: date) -> Limits:
    """This function will read the bank's own limits, above which nobody sets theirs. Raises policy.UnknownPolicy."""
    return _limits("_most", currency, on)


def _limits(ending: str, currency: str, on: date) -> Limits:
    unit = currency.lower()
    return Limits(
        payment=minor(f"transfer.payment_limit{ending}.{unit}", currency, on),
        day=minor(f"transfer.daily_limit{ending}.{unit}", currency, on),
        month=minor(f"transfer.monthly_limit{ending}.{unit}", currency, on),
        year=minor(f"transfer.yearly_limit{ending}.{unit}", currency, on),
        day_count=int(policy.value(f"transfer.daily_count{ending}", on=on)),
        month_count=int(policy.value(f"transfer.monthly_count{ending}", on=on)),
        year_count=int(policy.value(f"transfer.yearly_count{ending}", on=on)),
        payee_day=minor(f"transfer.daily_limit{ending}.{unit}", currency, on),
    )


def is_limited(*, kind: str, on: date) -> bool:
    """This function will say whether a transfer of this kind uses up the limits."""
    return kind != Transfer.Kind.OWN or bool(policy.value("transfer.own.counts_towards_limits", on=on))


def minor(key: str, currency: str, on: date) -> int:
    """This function will read a sum of the policy table in minor units. Raises policy.UnknownPolicy."""
    return _minor(policy.value(key, on=on), currency)


@lru_cache(maxsize=1024)
def _minor(figure: object, currency: str) -> int:
    """The arithmetic alone is remembered: it is asked for at every transfer, of few figures."""
    return Money.of(str(figure), currency).minor


def large_sum(*, currency: str, on: date) -> int:
    """This function will read above which sum of a day it is confirmed in words. Raises policy.UnknownPolicy."""
    return minor(f"transfer.large_sum.{currency.lower()}", currency, on)


def cooling_most(*, currency: str, on: date) -> int:
    """This function will read how much goes to new payees together while they are new. Raises policy.UnknownPolicy."""
    return minor(f"payee.cooling_most.{currency.lower()}", currency, on)


def is_young(confirmed_at: datetime | None, *, now: datetime) -> bool:
    """This function will say whether a payee is still in the cooling time after it was added."""
    return confirmed_at is not None and confirmed_at > young_since(now)


def young_since(now: datetime) -> datetime:
    """This function will give the moment after which an added payee counts as new."""
    return now - timedelta(hours=cooling_hours(on=business_date(now)))


def cooling_hours(*, on: date) -> int:
    """This function will read for how many hours a payee is new after it was added."""
    return int(policy.value("payee.cooling_hours", on=on))


def caps(*, currency: str, on: date) -> dict[Free, Caps]:
    """This function will read how far transfers go without a code; what has no figure in a currency does not."""
    found, unit = {}, currency.lower()
    for kind in Free:
        try:
            found[kind] = Caps(
                payment=minor(f"transfer.free.{kind}.payment.{unit}", currency, on),
                total=minor(f"transfer.free.{kind}.total.{unit}", currency, on),
                count=int(policy.value(f"transfer.free.{kind}.count", on=on)),
            )
        except policy.UnknownPolicy:
            continue
    return found


def at_once(now: datetime) -> datetime:
    """This function will give the moment by which money that is sent at once has arrived."""
    return now + timedelta(seconds=int(policy.value("transfer.at_once_seconds", on=business_date(now))))
