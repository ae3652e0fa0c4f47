"""Numbers a person reads out, and codes nobody can guess."""

import base64
import secrets
from datetime import date

_LETTERS = "23456789ABCDEFGHJKMNPQRSTVWXYZ"  # without those that are mistaken for one another
CODE_LENGTH = 32


def new_reference(today: date) -> str:
    """This function will make a reference such as T261123-7K4M9Q2P. The table sees to it that it is used once."""
    return f"T{today:%y%m%d}-" + "".join(secrets.choice(_LETTERS) for _ in range(8))


def new_verification_code() -> str:
    """This function will make a code of 160 random bits in base32: 32 letters and figures."""
    return base64.b32encode(secrets.token_bytes(20)).decode()


def read_code(text: str) -> str:
    """This function will read a verification code as typed, in groups or small letters; "" when it cannot be one."""
    code = "".join(char for char in text if not char.isspace() and char != "-").upper()
    good = len(code) == CODE_LENGTH and all(char in "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567" for char in code)
    return code if good else ""


def grouped(code: str) -> str:
    """This function will write a code in groups of four, for people to compare."""
    return " ".join(code[start : start + 4] for start in range(0, len(code), 4))
