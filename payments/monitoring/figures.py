"""The policy figures of the report of large values, as of a business date."""

from datetime import date

from core import policy
from ledger.money import Money
from payments.monitoring.large_values import FOREIGN, HOME, Bounds

CATEGORIES = ("cash", "domestic", "abroad")


def bounds(*, on: date) -> Bounds:
    """This function will read from which amounts on a person's movements are reported, and what counts as split."""
    return Bounds(
        report_from={
            (category, group): Money.of(
                str(policy.value(f"monitoring.large.{category}.{group.lower()}", on=on)), group
            ).minor
            for category in CATEGORIES
            for group in (HOME, FOREIGN)
        },
        part_percent=int(policy.value("monitoring.split.part_percent", on=on)),
        near_percent=int(policy.value("monitoring.split.near_percent", on=on)),
        near_in_day=int(policy.value("monitoring.split.items_day", on=on)),
        near_in_week=int(policy.value("monitoring.split.items_week", on=on)),
    )
