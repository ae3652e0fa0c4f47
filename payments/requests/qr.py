"""A QR code as the outline of an SVG path, for a template to draw: no markup is made here. Pure."""

from dataclasses import dataclass

import qrcode


@dataclass(frozen=True, slots=True)
class Drawn:
    """A square of `size` units, quiet zone included, and the outline of its dark cells."""

    size: int
    outline: str


def drawn(text: str) -> Drawn:
    """This function will draw a text as a QR code."""
    code = qrcode.QRCode(border=4)
    code.add_data(text)
    code.make(fit=True)
    rows = code.get_matrix()
    return Drawn(len(rows), "".join(_row(number, row) for number, row in enumerate(rows)))


def _row(number: int, row: list[bool]) -> str:
    """One rectangle for each run of dark cells."""
    found, start = [], None
    for column, dark in enumerate([*row, False]):
        if dark and start is None:
            start = column
        elif not dark and start is not None:
            found.append(f"M{start} {number}h{column - start}v1H{start}z")
            start = None
    return "".join(found)
