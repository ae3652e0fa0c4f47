"""One-time codes as people type them, and the arithmetic of the authenticator app (RFC 6238)."""

import base64
import hmac
import unicodedata
from datetime import datetime

from django_otp.oath import hotp

STEP = 30  # seconds
DIGITS = 6
RECOVERY_DIGITS = 10
TOLERANCE = 1  # steps a phone's clock may be off, either way


def normalise(text: str) -> str:
    """This function will turn what was typed into plain digits: full-width digits, spaces and dashes are accepted."""
    plain = unicodedata.normalize("NFKC", text)
    return "".join(character for character in plain if not character.isspace() and character not in "-–—‐‑·.")


def step_at(moment: datetime) -> int:
    """This function will number the half minute in which a moment lies."""
    return int(moment.timestamp()) // STEP


def code_at(*, secret: str, moment: datetime) -> str:
    """This function will give the code an authenticator app shows at a moment; `secret` is base32."""
    return _code(base64.b32decode(secret, casefold=True), step_at(moment))


def matching_step(*, secret: str, code: str, moment: datetime, after: int) -> int | None:
    """This function will find the step a code belongs to, near a moment and later than step `after`; else None.

    Every step in reach is computed, so that the time taken tells nothing.
    """
    key = base64.b32decode(secret, casefold=True)
    here = step_at(moment)
    found = None
    for step in range(here - TOLERANCE, here + TOLERANCE + 1):
        if hmac.compare_digest(_code(key, step).encode(), code.encode()) and step > after:
            found = step
    return found


def _code(key: bytes, step: int) -> str:
    return f"{hotp(key, step, DIGITS):0{DIGITS}d}"
