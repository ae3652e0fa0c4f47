"""Numbers a person reads out, and codes nobody can guess."""

import secrets
from datetime import date

from accounts.paper_codes import CODE_LENGTH, grouped, read_code
from accounts.paper_codes import new_code as new_verification_code

__all__ = ["CODE_LENGTH", "grouped", "new_reference", "new_verification_code", "read_code"]

_LETTERS = "23456789ABCDEFGHJKMNPQRSTVWXYZ"  # without those that are mistaken for one another


def new_reference(today: date) -> str:
    """This function will make a reference such as T261123-7K4M9Q2P. The table sees to it that it is used once."""
    return f"T{today:%y%m%d}-" + "".join(secrets.choice(_LETTERS) for _ in range(8))
