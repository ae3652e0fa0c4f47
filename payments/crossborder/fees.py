"""What a payment abroad costs, and who bears it. Pure: whole minor units, half up.

OUR  the payer bears everything: our fee and what the banks on the way take; the payee gets the whole amount
SHA  each side its own: the payer our fee, the payee what the banks on the way take
BEN  the payee bears everything: our fee is taken out of the amount
"""

from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum


class Charges(StrEnum):
    """Who bears the fees."""

    OUR = "our"
    SHA = "sha"
    BEN = "ben"


# As the message says it (ISO 20022 ChargeBearerType1Code).
BEARER = {Charges.OUR: "DEBT", Charges.SHA: "SHAR", Charges.BEN: "CRED"}


@dataclass(frozen=True, slots=True)
class Tariff:
    """What the bank asks, in minor units of its own currency; `rate` is a share of the sum."""

    rate: Decimal
    least: int
    most: int
    message: int  # for sending the message, with every payment
    others: int  # what the banks on the way take: asked with OUR, only expected otherwise


@dataclass(frozen=True, slots=True)
class Fee:
    """The fee of a payment in minor units of the bank's own currency."""

    ours: int
    message: int
    others: int  # only with OUR

    @property
    def total(self) -> int:
        return self.ours + self.message + self.others


def fee(*, value: int, charges: Charges, tariff: Tariff) -> Fee:
    """This function will work out the fee for a sum that is worth `value` minor units of the bank's own currency."""
    ours = min(max(part(value, tariff.rate), tariff.least), tariff.most)
    return Fee(ours, tariff.message, tariff.others if charges is Charges.OUR else 0)


def part(value: int, share: Decimal) -> int:
    """This function will give a share of an amount, half up."""
    return int((value * share).to_integral_value(ROUND_HALF_UP))
