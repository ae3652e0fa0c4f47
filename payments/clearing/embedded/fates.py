"""What becomes of a payment in the embedded clearing system: drawn from the seed and its reference, so that it can be
replayed. Pure.

A payment whose amount ends in one of the figures below meets that fate whatever the draw: for trying things out. The
same holds for what becomes of a request to have its money back.
"""

import hashlib
from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """What happens."""

    SETTLE = "settle"
    REJECT = "reject"
    RETURN = "return"  # settled first, sent back later
    TWICE = "twice"  # settled, and every message comes twice
    GARBAGE = "garbage"  # settled, but a broken file comes first
    SILENCE = "silence"  # no answer until somebody asks
    STATEMENT_ONLY = "statement_only"  # settled, but no status comes: only the statement shows it
    STRAY = "stray"  # settled, and the statement shows money besides that nobody sent


CODES = ("AC01", "AC04", "AC06", "AG01", "BE01")
BACK = ("AC06", "CUST", "MS03")
# Share of each fate in a thousand; the rest is settled as it should.
SHARES = (
    (Kind.REJECT, 60),
    (Kind.RETURN, 40),
    (Kind.TWICE, 40),
    (Kind.GARBAGE, 20),
    (Kind.SILENCE, 20),
    (Kind.STATEMENT_ONLY, 20),
    (Kind.STRAY, 10),
)
# The last two digits of the amount in minor units -> fate.
BY_AMOUNT = {
    11: Kind.REJECT,
    12: Kind.RETURN,
    13: Kind.SILENCE,
    14: Kind.TWICE,
    15: Kind.GARBAGE,
    16: Kind.STATEMENT_ONLY,
    17: Kind.STRAY,
}


class Recalled(StrEnum):
    """What a bank does when it is asked to send a payment's money back."""

    RETURN = "return"  # it sends the money, and says nothing
    AGREE = "agree"  # it says that it will, and sends the money a while later
    REFUSE = "refuse"
    PENDING = "pending"  # it says that it looks into it, and refuses a while later
    SILENCE = "silence"


RECALLED = (
    (Recalled.RETURN, 350),
    (Recalled.AGREE, 200),
    (Recalled.REFUSE, 250),
    (Recalled.PENDING, 100),
    (Recalled.SILENCE, 100),
)
RECALLED_BY_AMOUNT = {
    21: Recalled.RETURN,
    22: Recalled.AGREE,
    23: Recalled.REFUSE,
    24: Recalled.PENDING,
    25: Recalled.SILENCE,
}
REFUSALS = ("CUST", "NOAS", "AM04", "LEGL")


@dataclass(frozen=True, slots=True)
class RecallFate:
    """What becomes of a request, with which code, and after how many seconds (the second answer: after the first)."""

    kind: Recalled
    code: str
    answer_after: int
    then_after: int


def recalled(*, seed: int, reference: str, amount: int) -> RecallFate:
    """This function will draw what becomes of a request for a payment's money; the same always draw the same."""
    drawn = hashlib.sha256(f"{seed}:recall:{reference}".encode()).digest()
    kind = RECALLED_BY_AMOUNT.get(amount % 100) or _drawn(RECALLED, int.from_bytes(drawn[:2]) % 1000)
    return RecallFate(kind, REFUSALS[drawn[2] % len(REFUSALS)], 5 + drawn[3] % 10, 10 + drawn[4] % 20)


def _drawn(shares: tuple[tuple[Recalled, int], ...], number: int) -> Recalled:
    for kind, share in shares:
        if number < share:
            return kind
        number -= share
    return shares[-1][0]


@dataclass(frozen=True, slots=True)
class Fate:
    """What happens to a payment, with which code, and after how many seconds (the return: after the settlement)."""

    kind: Kind
    code: str
    answer_after: int
    return_after: int


def fate(*, seed: int, reference: str, amount: int, path: str) -> Fate:
    """This function will draw a payment's fate; the same arguments always draw the same."""
    drawn = hashlib.sha256(f"{seed}:{reference}".encode()).digest()
    kind = BY_AMOUNT.get(amount % 100) or _share(int.from_bytes(drawn[:2]) % 1000)
    codes = CODES if kind is Kind.REJECT else BACK
    slow = 3 if path == "BEPS" else 1
    return Fate(kind, codes[drawn[2] % len(codes)], slow * (2 + drawn[3] % 6), 15 + drawn[4] % 20)


def _share(number: int) -> Kind:
    for kind, share in SHARES:
        if number < share:
            return kind
        number -= share
    return Kind.SETTLE
