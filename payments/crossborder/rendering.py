"""The gate of documents: a photo or a PDF comes in, the pictures of its pages go on, and nothing else of it.

The type is found in the content and must agree with the name and the declared type. Photos go through the gate of all
photos (accounts.identity.intake); a PDF is asked about at the scanner, painted by a process that can reach nothing, and
its pages then go through the same gate.
"""

import subprocess
import sys
from pathlib import Path

import structlog

from accounts.identity import intake, photos, scanning
from accounts.identity.photos import Limits, PhotoRefused, Refusal
from payments.crossborder import rendering_process

log = structlog.get_logger(__name__)
PDF = b"%PDF-"
PDF_TYPES = {"application/pdf", "application/x-pdf", *photos.SAYS_NOTHING}
LONGEST_SIDE = 2000  # pixels
SECONDS, PATIENCE = 20, 40  # of the processor, of the clock
MEMORY = 2 << 30  # bytes of address space
LEAST_SIDE_OF_A_PAGE = 50  # pixels: a receipt on a strip of paper is narrow


class TooManyPages(ValueError):
    """The document has more pages than are taken."""


def pages(data: bytes, *, name: str, declared: str, limits: Limits, most: int) -> list[bytes]:
    """This function will give the pages of an uploaded document as fresh JPEGs.

    Not inside a transaction: it asks the scanner over the network. Raises PhotoRefused, TooManyPages; nothing is kept
    of what is refused.
    """
    if not data.startswith(PDF):
        return [intake.take(data, name=name, declared=declared, limits=limits).jpeg]
    if len(data) > limits.most_bytes:
        raise PhotoRefused(Refusal.TOO_LARGE)
    if not name.lower().endswith(".pdf") or declared.lower().partition(";")[0].strip() not in PDF_TYPES:
        raise PhotoRefused(Refusal.MISNAMED)
    try:
        scanning.scan(data)
    except scanning.Infected as found:
        log.warning("upload_infected", found=found.name[:80])
        raise PhotoRefused(Refusal.INFECTED) from None
    except scanning.ScannerDown as down:
        log.error("scanner_down", why=str(down))
        raise PhotoRefused(Refusal.NOT_SCANNED) from None
    own = Limits(most_bytes=limits.most_bytes, most_pixels=limits.most_pixels, least_side=LEAST_SIDE_OF_A_PAGE)
    return [
        photos.clean(jpeg, name="page.jpg", declared="image/jpeg", limits=own).jpeg for jpeg in _painted(data, most)
    ]


def _painted(data: bytes, most: int) -> list[bytes]:
    command = [
        sys.executable,
        "-I",
        str(Path(rendering_process.__file__)),
        *map(str, (most, LONGEST_SIDE, SECONDS, MEMORY)),
    ]
    try:
        done = subprocess.run(command, input=data, capture_output=True, timeout=PATIENCE, check=False, env={})  # noqa: S603 - our own file, an argument list
    except subprocess.TimeoutExpired:
        raise PhotoRefused(Refusal.DAMAGED) from None
    if done.returncode == rendering_process.TOO_MANY:
        raise TooManyPages
    if done.returncode != 0:
        log.warning("document_not_painted", code=done.returncode)
        raise PhotoRefused(Refusal.DAMAGED)
    found, rest = [], done.stdout
    while rest:
        size, _line, rest = rest.partition(b"\n")
        found.append(rest[: int(size)])
        rest = rest[int(size) :]
    return found
