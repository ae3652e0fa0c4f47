"""What becomes of a payment abroad with the embedded correspondents: drawn from the seed and its reference, so that it
can be replayed. Pure.

A payment whose amount ends in one of the figures below meets that fate whatever the draw: for trying things out.
"""

import hashlib
from dataclasses import dataclass
from enum import StrEnum

from payments.clearing.embedded.fates import RECALLED_BY_AMOUNT


class Kind(StrEnum):
    """What happens."""

    ARRIVE = "arrive"  # on its way first, then credited to the payee
    REJECT = "reject"  # not carried out: nothing is taken from our account
    RETURN = "return"  # on its way first; sent back later, less what was kept
    SILENCE = "silence"  # taken from our account, and nobody says any more
    TWICE = "twice"  # arrives, and every message comes twice
    GARBAGE = "garbage"  # arrives, but a broken file comes first
    STATEMENT_ONLY = "statement_only"  # sent back, and only the statement shows it
    STRAY = "stray"  # arrives, and the statement shows money besides that nobody sent
    NEVER_WAS = "never_was"  # arrives, and answers come about a payment nobody sent
    WHOLE = "whole"  # sent back in full, because the banks were at fault
    AFTERWARDS = "afterwards"  # arrives, and is sent back later all the same


CODES = ("AC01", "AC04", "AC06", "AG01", "BE04", "RC01")
BACK = ("AC04", "AC06", "CUST", "MS03")
OUR_FAULT = "AB08"  # a bank on the way was off line
# Share of each fate in a thousand; the rest arrives as it should.
SHARES = (
    (Kind.REJECT, 60),
    (Kind.RETURN, 50),
    (Kind.SILENCE, 20),
    (Kind.TWICE, 40),
    (Kind.GARBAGE, 20),
    (Kind.STATEMENT_ONLY, 20),
    (Kind.STRAY, 10),
    (Kind.NEVER_WAS, 10),
    (Kind.WHOLE, 20),
    (Kind.AFTERWARDS, 20),
)
# The last two digits of the amount in minor units -> fate.
BY_AMOUNT = {
    10: Kind.ARRIVE,
    11: Kind.REJECT,
    12: Kind.RETURN,
    13: Kind.SILENCE,
    14: Kind.TWICE,
    15: Kind.GARBAGE,
    16: Kind.STATEMENT_ONLY,
    17: Kind.STRAY,
    18: Kind.NEVER_WAS,
    19: Kind.WHOLE,
    20: Kind.AFTERWARDS,
    # From here on the request for the money back chooses (payments.clearing.embedded.fates.recalled): they arrive.
    **dict.fromkeys(RECALLED_BY_AMOUNT, Kind.ARRIVE),
}
KEPT_PER_THOUSAND, KEPT_MOST = 20, 3_000  # of the amount, and minor units at most


def kept(amount: int) -> int:
    """This function will say how much banks on the way keep of an amount that is sent back; both in minor units."""
    return min(amount * KEPT_PER_THOUSAND // 1000, KEPT_MOST)


@dataclass(frozen=True, slots=True)
class Fate:
    """What happens to a payment, why, what is kept of it on the way back, and after how many seconds each time."""

    kind: Kind
    code: str
    kept: int
    taken_after: int  # until the correspondent has it
    ended_after: int  # from then to the end
    back_after: int  # from its arrival to its return


def fate(*, seed: int, reference: str, amount: int) -> Fate:
    """This function will draw a payment's fate; the same arguments always draw the same."""
    drawn = hashlib.sha256(f"{seed}:abroad:{reference}".encode()).digest()
    kind = BY_AMOUNT.get(amount % 100) or _share(int.from_bytes(drawn[:2]) % 1000)
    codes = CODES if kind is Kind.REJECT else BACK
    code = OUR_FAULT if kind is Kind.WHOLE else codes[drawn[2] % len(codes)]
    keeps = kind in {Kind.RETURN, Kind.STATEMENT_ONLY, Kind.AFTERWARDS}
    return Fate(kind, code, kept(amount) if keeps else 0, 3 + drawn[3] % 6, 10 + drawn[4] % 20, 20 + drawn[5] % 20)


def _share(number: int) -> Kind:
    for kind, share in SHARES:
        if number < share:
            return kind
        number -= share
    return Kind.ARRIVE
