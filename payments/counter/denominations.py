"""The notes and coins of a currency, and what a count of them comes to. Pure."""

from collections.abc import Mapping

# Minor units, largest first. The fifth series has no two-yuan note; coins of one fen to five fen are hardly paid out.
FACES: dict[str, tuple[int, ...]] = {"CNY": (100_00, 50_00, 20_00, 10_00, 5_00, 1_00, 50, 10)}
MOST = 1_000_000  # pieces of one face that a person counts


class NotCounted(ValueError):
    """The count names a face the currency has not, or a number that nobody counts."""


def total(currency: str, counted: Mapping[str, int]) -> int:
    """This function will add up a count, by face in minor units as text; raises NotCounted."""
    faces = {str(face): face for face in FACES[currency]}
    for face, pieces in counted.items():
        if face not in faces or isinstance(pieces, bool) or not isinstance(pieces, int) or not 0 <= pieces <= MOST:
            raise NotCounted(face)
    return sum(faces[face] * pieces for face, pieces in counted.items())


def payable(currency: str, amount: int) -> bool:
    """This function will say whether an amount can be counted out in notes and coins."""
    return amount % FACES[currency][-1] == 0


def fewest(currency: str, amount: int) -> dict[str, int]:
    """This function will count an amount out in as few pieces as there are; raises NotCounted when it cannot be."""
    counted, rest = {}, amount
    for face in FACES[currency]:
        pieces, rest = divmod(rest, face)
        if pieces:
            counted[str(face)] = pieces
    if rest:
        raise NotCounted(str(amount))
    return counted
