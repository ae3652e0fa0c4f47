"""Codes on the bank's papers, by which anybody who holds a paper can check that it is genuine."""

import base64
import secrets

CODE_LENGTH = 32


def new_code() -> str:
    """This function will make a code of 160 random bits in base32: 32 letters and figures."""
    return base64.b32encode(secrets.token_bytes(20)).decode()


def read_code(text: str) -> str:
    """This function will read a code as typed, in groups or small letters; "" when it cannot be one."""
    code = "".join(char for char in text if not char.isspace() and char != "-").upper()
    good = len(code) == CODE_LENGTH and all(char in "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567" for char in code)
    return code if good else ""


def grouped(code: str) -> str:
    """This function will write a code in groups of four, for people to compare."""
    return " ".join(code[start : start + 4] for start in range(0, len(code), 4))
