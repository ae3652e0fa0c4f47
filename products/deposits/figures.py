"""The policy figures of deposits, read from the dated table at the moment they are needed."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from core import policy
from core.policy import UnknownPolicy

RATE = "interest.demand.rate."


@dataclass(frozen=True, slots=True)
class Terms:
    """What a demand account in a currency earns: per cent a year, and the days of the year this is divided by."""

    percent: Decimal
    day_basis: int


def terms(currency: str, *, on: date) -> Terms:
    """This function will read the terms that count on a day. Raises core.policy.UnknownPolicy: no rate is guessed."""
    code = currency.lower()
    return Terms(
        percent=Decimal(str(policy.value(f"{RATE}{code}", on=on))),
        day_basis=int(policy.value(f"interest.demand.day_basis.{code}", on=on)),
    )


def currencies(*, on: date) -> list[str]:
    """This function will list the currencies in which a rate counts on a day."""
    found = []
    for key in policy.keys(RATE):
        currency = key.removeprefix(RATE).upper()
        try:
            terms(currency, on=on)
        except UnknownPolicy:
            continue
        found.append(currency)
    return found


def settles_on(*, on: date) -> int:
    """This function will read on which day of a quarter's last month interest is settled."""
    return int(policy.value("interest.demand.settles_on", on=on))
