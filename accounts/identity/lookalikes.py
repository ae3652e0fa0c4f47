"""Other customers who may be the same person: their number differs, but name, birth date and address come close.

The candidates are found by indexes (the day of birth, the name's key), and at most so many; only they are compared.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Q

from accounts.identity import screening
from accounts.identity.models import Verification

MOST_CANDIDATES = 500
MOST_SHOWN = 5


@dataclass(frozen=True)
class LookAlike:
    """Another application: what agrees, and how much its name resembles this one (of 100)."""

    other: Verification
    score: int
    same_birth: bool
    same_address: bool


def search(verification: Verification, *, least_score: int) -> list[LookAlike]:
    """This function will list other customers' newest applications that come close, the nearest first."""
    if verification.born_on is None:
        return []
    near = Q(born_on=verification.born_on)
    if verification.name_key:
        near |= Q(name_key=verification.name_key)
    others = (
        Verification.objects.filter(near)
        .exclude(state=Verification.State.DRAFT)
        .exclude(customer_id=verification.customer_id)
        .order_by("-id")[:MOST_CANDIDATES]
    )
    newest: dict[int, Verification] = {}
    for other in others:
        newest.setdefault(other.customer_id, other)
    found = [alike for other in newest.values() if (alike := compare(verification, other, least_score=least_score))]
    return sorted(found, key=lambda one: (-one.score - 10 * (one.same_birth + one.same_address), one.other.pk))[
        :MOST_SHOWN
    ]


def compare(one: Verification, other: Verification, *, least_score: int) -> LookAlike | None:
    """This function will say in what two applications come close; None when they may well be two people.

    The same name and birth date; a name that resembles on the same day of birth; or the same name in one home.
    Namesakes born on other days are nothing unusual.
    """
    score = screening.alike(one.legal_name, other.legal_name)
    same_birth = one.born_on == other.born_on
    same_address = bool(one.address_index) and one.address_index == other.address_index
    if score >= least_score and (same_birth or same_address):
        return LookAlike(other, score, same_birth, same_address)
    return None


def describe(found: Sequence[LookAlike]) -> list[dict[str, object]]:
    """This function will give what is kept as evidence: whose applications, and what agrees. No names, no numbers."""
    return [
        {
            "application": str(one.other.public_id),
            "score": one.score,
            "birth": one.same_birth,
            "address": one.same_address,
        }
        for one in found
    ]
