"""Which class of proof an act asks for, by operation, amount and what was moved before on the same business date.

The figures are rows of the policy table: `stepup.passkey_above.<operation>.<currency>`, in units of the currency. A sum
above it in one business date takes a passkey: what the device signs cannot be given away on the telephone or typed into
a false page. Every answer uses itself up, so nothing is ever carried over from one act to the next.
"""

from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import cast

from core import policy
from ledger.money import Money


class Proof(StrEnum):
    """What has to be shown: any second factor, or one that no false page can get hold of."""

    ANY = "any"
    PASSKEY = "passkey"


def required(*, operation: str, amount: int, currency: str, used_today: int, on: date) -> Proof:
    """This function will say which proof an act asks for; amounts are minor units of `currency`.

    A currency without a figure asks for the strongest.
    """
    try:
        figure = policy.value(f"stepup.passkey_above.{operation}.{currency.lower()}", on=on)
    except policy.UnknownPolicy:
        return Proof.PASSKEY
    most = Money.of(str(cast("Decimal", figure)), currency).minor
    return Proof.PASSKEY if used_today + amount > most else Proof.ANY
