"""The 12-digit numbers of banks in the Chinese payment systems: 3 bank, 4 city, 4 branch, 1 check digit. Pure.

The check digit is ISO 7064 MOD 11,10; head offices' published numbers agree with it (tests/clearing/test_cnaps.py).
"""

from stdnum.exceptions import ValidationError
from stdnum.iso7064 import mod_11_10

LENGTH = 12


def is_valid(code: str) -> bool:
    """This function will say whether a text is a bank number with the right check digit."""
    if len(code) != LENGTH or not (code.isascii() and code.isdigit()):
        return False
    try:
        mod_11_10.validate(code)
    except ValidationError:
        return False
    return True


def with_check_digit(eleven: str) -> str:
    """This function will complete the first eleven digits of a bank number."""
    return eleven + str(mod_11_10.calc_check_digit(eleven))
