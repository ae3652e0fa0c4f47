"""The gate every photo of a customer comes through: scanned, judged, and made into nothing but pixels."""

import structlog

from accounts.identity import photos, scanning
from accounts.identity.photos import Limits, Photo, PhotoRefused, Refusal

logger = structlog.get_logger(__name__)


def take(data: bytes, *, name: str, declared: str, limits: Limits) -> Photo:
    """This function will give the pixels of an uploaded photo as a fresh JPEG, after the scanner has let it pass.

    Not inside a transaction: the scanner is asked over the network. What is empty or too large is refused unasked.
    Raises PhotoRefused; nothing is kept of what is refused.
    """
    if 0 < len(data) <= limits.most_bytes:
        try:
            scanning.scan(data)
        except scanning.Infected as found:
            logger.warning("upload_infected", found=found.name[:80])
            raise PhotoRefused(Refusal.INFECTED) from None
        except scanning.ScannerDown as down:
            logger.error("scanner_down", why=str(down))
            raise PhotoRefused(Refusal.NOT_SCANNED) from None
    return photos.clean(data, name=name, declared=declared, limits=limits)
