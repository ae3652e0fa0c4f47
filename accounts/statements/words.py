"""What is typed into the search box, taken apart. Pure."""

import re
from typing import Final

MOST: Final = 10  # words of one search
_PIECES: Final = re.compile(r'"([^"]+)"|“([^”]+)”|「([^」]+)」|(\S+)')


def pieces(text: str) -> list[str]:
    """This function will take a search apart: words between spaces, and what stands in quotation marks as it is.

    Each piece once, in the order typed; capitals do not tell pieces apart.
    """
    found = ("".join(groups).strip() for groups in _PIECES.findall(text))
    return list({piece.lower(): piece for piece in found if piece}.values())
