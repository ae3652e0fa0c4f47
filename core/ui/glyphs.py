"""Which characters a font can draw, read from its own table (OpenType `cmap`, format 12). Pure."""

import struct
from bisect import bisect_right
from functools import cache
from pathlib import Path

FULL_UNICODE = ((0, 4), (0, 6), (3, 10))  # (platform, encoding) of tables that reach beyond the first 65,536


class NoCharacterTable(ValueError):
    """The font has no table of the kind read here."""


def spelled_out(text: str, *fonts: Path) -> str:
    """This function will put 〔U+1F600〕 in place of each character none of the fonts can draw, so that none is lost.

    Raises NoCharacterTable.
    """
    return "".join(
        char if char in "\n " or any(draws(font, char) for font in fonts) else f"〔U+{ord(char):04X}〕" for char in text
    )


def draws(font: Path, char: str) -> bool:
    """This function will say whether a font can draw a character. Raises NoCharacterTable."""
    starts, ends = _ranges(font)
    place = bisect_right(starts, ord(char)) - 1
    return place >= 0 and ord(char) <= ends[place]


@cache
def _ranges(font: Path) -> tuple[list[int], list[int]]:
    data = font.read_bytes()
    (start,) = struct.unpack_from(">L", data, 12) if data[:4] == b"ttcf" else (0,)  # the first of a collection
    (tables,) = struct.unpack_from(">H", data, start + 4)
    for number in range(tables):
        tag, _sum, offset, _length = struct.unpack_from(">4sLLL", data, start + 12 + 16 * number)
        if tag == b"cmap":
            return _groups(data, offset)
    raise NoCharacterTable(font.name)


def _groups(data: bytes, cmap: int) -> tuple[list[int], list[int]]:
    (subtables,) = struct.unpack_from(">H", data, cmap + 2)
    for number in range(subtables):
        platform, encoding, offset = struct.unpack_from(">HHL", data, cmap + 4 + 8 * number)
        if (platform, encoding) not in FULL_UNICODE or struct.unpack_from(">H", data, cmap + offset)[0] != 12:
            continue
        (groups,) = struct.unpack_from(">L", data, cmap + offset + 12)
        found = [struct.unpack_from(">LL", data, cmap + offset + 16 + 12 * group) for group in range(groups)]
        return [start for start, _end in found], [end for _start, end in found]
    raise NoCharacterTable("no subtable of format 12")
