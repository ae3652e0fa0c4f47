"""The policy figures of payments abroad, read from the dated table at the moment they are needed."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from accounts.identity.figures import figures as identity_figures
from accounts.identity.photos import Limits
from core import policy
from core.reviews import bands
from core.reviews.rules import Rule
from ledger.money import Money
from payments.crossborder.fees import Tariff

HOME = "CNY"
WORTH = "USD"  # what quotas are counted in


def _minor(key: str, currency: str, on: date) -> int:
    return Money.of(str(policy.value(f"crossborder.{key}.{currency.lower()}", on=on)), currency).minor


def _number(key: str, on: date) -> int:
    return int(policy.value(f"crossborder.{key}", on=on))


def quota(*, on: date) -> int:
    """This function will read how much foreign exchange a person may buy in a year without papers, in US cents."""
    return _minor("quota_year", WORTH, on)


def own_day(*, on: date) -> int:
    """This function will read how much of one's own currency may go abroad in a day without papers, in US cents."""
    return _minor("own_day", WORTH, on)


def tariff(*, on: date) -> Tariff:
    """This function will read what payments abroad cost. Raises core.policy.UnknownPolicy."""
    return Tariff(
        rate=Decimal(str(policy.value("crossborder.fee_percent", on=on))) / 100,
        least=_minor("fee_least", HOME, on),
        most=_minor("fee_most", HOME, on),
        message=_minor("fee_message", HOME, on),
        others=_minor("fee_others", HOME, on),
    )


def countries_stopped(*, on: date) -> frozenset[str]:
    """This function will read to which countries nothing is sent."""
    return frozenset(str(policy.value("crossborder.countries_stopped", on=on)).split())


def countries_watched(*, on: date) -> frozenset[str]:
    """This function will read for which countries people look at every payment."""
    return frozenset(str(policy.value("crossborder.countries_watched", on=on)).split())


def draft_minutes(*, on: date) -> int:
    """This function will read how long a draft may wait for its papers and its confirmation."""
    return _number("draft_minutes", on)


def arrival_days(*, on: date) -> int:
    """This function will read within how many working days after it left a payment has arrived."""
    return _number("arrival_days", on)


def silent_days(*, on: date) -> int:
    """This function will read after how many working days without an end colleagues look after a payment."""
    return _number("silent_days", on)


def charges_most(*, on: date) -> int:
    """This function will read what banks may keep of money that comes back, in fen; beyond it people look first."""
    return _minor("charges_most", HOME, on)


def fee_back_codes(*, on: date) -> frozenset[str]:
    """This function will read for which reasons of a payment's return the fee is given back too."""
    return frozenset(str(policy.value("crossborder.fee_back_codes", on=on)).split())


@dataclass(frozen=True, slots=True)
class PaperLimits:
    """What is taken of documents; `photo` is the limit of each picture, as for every other upload."""

    most: int  # for one payment
    pages: int  # of one document
    a_day: int  # files one customer sends
    photo: Limits


def papers(*, on: date) -> PaperLimits:
    """This function will read what is taken of documents."""
    return PaperLimits(
        most=_number("papers_most", on),
        pages=_number("paper_pages_most", on),
        a_day=_number("uploads_a_day", on),
        photo=identity_figures(on).photo,
    )


def listed_from(*, on: date) -> int:
    """This function will read how much of 100 a name must resemble an entry of the watch list to be shown."""
    return identity_figures(on).listed_from


def rule(*, usd: int, why: tuple[str, ...], on: date) -> Rule:
    """This function will make the rule of a case by its worth in US cents: who decides, how many, by when."""
    return bands.rule(
        name=f"crossborder.{WORTH.lower()}",
        amount=Money(usd, WORTH).decimal,
        on=on,
        hours=_number("review_hours", on),
        claim_minutes=_number("claim_minutes", on),
        why=why,
    )


def split_people(*, on: date) -> int:
    """This function will read from how many payers on one payee's receipts look like a quota passed around."""
    return _number("split_people", on)


def split_days(*, on: date) -> int:
    """This function will read within how many days such payers are counted."""
    return _number("split_days", on)
