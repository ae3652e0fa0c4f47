"""Account numbers: sixteen digits that catch a slip of the hand.

    8810 0000 0000 00 00
    |    |            two check digits, ISO 7064 MOD 97-10 (as in an IBAN)
    |    ten digits: the running number of the account in the books, shuffled
    what the account is (8810: demand account)

The check digits find every single wrong digit, every swap of two neighbours and nearly every other slip. The running
number is shuffled by a fixed one-to-one map, so that neighbours in time are not neighbours in number: whoever knows
one number learns nothing about the next, and a slip that passes the check still rarely meets a living account.
"""

from typing import Final

from stdnum.exceptions import ValidationError
from stdnum.iso7064 import mod_97_10

LENGTH: Final = 16
PREFIXES: Final = {"demand": "8810"}
_SERIALS: Final = 10**10
# Odd and not a multiple of five, so multiplying by it modulo 10^10 meets every serial exactly once.
_STRIDE: Final = 6_180_339_887
_SHIFT: Final = 2_718_281_828


class NoSuchProduct(LookupError):
    """The product has no prefix for its account numbers."""


class OutOfNumbers(OverflowError):
    """The running number does not fit into ten digits."""


def account_number(*, product: str, serial: int) -> str:
    """This function will give the account number that belongs to a running number.

    Raises NoSuchProduct for a product without a prefix and OutOfNumbers outside 1 … 10^10 - 1.
    """
    if product not in PREFIXES:
        raise NoSuchProduct(product)
    if not 0 < serial < _SERIALS:
        raise OutOfNumbers(serial)
    body = f"{PREFIXES[product]}{(serial * _STRIDE + _SHIFT) % _SERIALS:010d}"
    return body + mod_97_10.calc_check_digits(body)


def is_account_number(text: str) -> bool:
    """This function will say whether a normalised text is a number this bank could have given out."""
    if len(text) != LENGTH or not (text.isascii() and text.isdigit()) or text[:4] not in PREFIXES.values():
        return False
    try:
        mod_97_10.validate(text)
    except ValidationError:
        return False
    return True


def normalise(text: str) -> str:
    """This function will take out what people type between digits and turn full-width digits into plain ones."""
    plain = text.translate(_PLAIN)
    return "".join(character for character in plain if not character.isspace() and character not in "-‐‑–—·.")


def grouped(number: str) -> str:
    """This function will write an account number in groups of four, for people to read."""
    return " ".join(number[start : start + 4] for start in range(0, len(number), 4))


_PLAIN: Final = {0xFF10 + digit: str(digit) for digit in range(10)}
