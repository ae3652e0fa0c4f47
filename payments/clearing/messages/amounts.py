"""Amounts as messages write them, and as the books keep them: exact both ways."""

import re

from ledger.money import InexactMoney, Money, UnknownCurrency
from payments.clearing.messages.safe import Unreadable

_DIGITS = re.compile(r"\d{1,15}(\.\d{1,5})?")


def write(amount: int, currency: str) -> str:
    """This function will write minor units as a message does."""
    return f"{Money(amount, currency).decimal:f}"


def read(text: str, currency: str) -> Money:
    """This function will read an amount without losing anything. Raises Unreadable."""
    plain = text.strip()
    if not _DIGITS.fullmatch(plain):
        raise Unreadable("amount", plain[:40])
    whole, dot, part = plain.partition(".")
    try:
        return Money.of(f"{whole}.{part.rstrip('0')}" if dot and part.strip("0") else whole, currency)
    except UnknownCurrency as error:
        raise Unreadable("currency", currency[:3]) from error
    except InexactMoney as error:
        raise Unreadable("amount", plain[:40]) from error
