"""Making an uploaded photo harmless, and judging whether a person can read it. No database, no web.

The type is found in the content; the picture is decoded and painted onto a fresh canvas, so nothing but pixels is
left of what was sent: no place, no camera, no comment, nothing after the end of the file.
"""

import io
from dataclasses import dataclass
from enum import StrEnum

from PIL import Image, ImageFilter, ImageOps, ImageStat

FORMATS = {"JPEG": ({"jpg", "jpeg", "jpe", "jfif"}, {"image/jpeg", "image/pjpeg"}),
           "PNG": ({"png"}, {"image/png"}),
           "WEBP": ({"webp"}, {"image/webp"})}  # fmt: skip
SAYS_NOTHING = {"", "application/octet-stream"}
LARGEST_SIDE = 2400  # of what is kept: enough to read the small print of a card
QUALITY = 88
JUDGED_SIDE = 800

# Calibrated on drawn sample cards, as they are and darkened, bleached or blurred (tests/identity/test_photos.py).
DARKEST_MEAN = 45
BRIGHTEST_MEAN = 240
LEAST_DEVIATION = 10
LEAST_SHARPNESS = 30  # of a printed document
LEAST_SHARPNESS_OF_FACES = 8  # skin is smooth


class Refusal(StrEnum):
    """Why a file is not taken."""

    EMPTY = "empty"
    TOO_LARGE = "too_large"
    NOT_A_PHOTO = "not_a_photo"
    MISNAMED = "misnamed"  # name, declared type and content disagree
    TOO_MANY_PIXELS = "too_many_pixels"
    TOO_SMALL = "too_small"
    DAMAGED = "damaged"
    INFECTED = "infected"  # the malware scanner knows it
    NOT_SCANNED = "not_scanned"  # the malware scanner does not answer


class PhotoRefused(ValueError):
    """The file is not taken; `reason` says why."""

    def __init__(self, reason: Refusal) -> None:
        super().__init__(reason.value)
        self.reason = reason


@dataclass(frozen=True)
class Limits:
    """What is accepted; from the policy figures."""

    most_bytes: int
    most_pixels: int
    least_side: int


@dataclass(frozen=True)
class Photo:
    """A harmless JPEG."""

    jpeg: bytes
    width: int
    height: int


class Fault(StrEnum):
    """Why a photo is hard to read."""

    BLANK = "blank"
    DARK = "dark"
    BRIGHT = "bright"
    BLURRED = "blurred"


@dataclass(frozen=True)
class Look:
    """What simple statistics say about a photo: brightness and contrast of 0 to 255, variance of its edges."""

    brightness: int
    contrast: int
    sharpness: int

    def fault(self, *, is_face: bool = False) -> Fault | None:
        """This function will name what makes the photo hard to read, or answer None."""
        if self.brightness < DARKEST_MEAN:
            return Fault.DARK
        if self.contrast < LEAST_DEVIATION:
            return Fault.BLANK
        if self.brightness > BRIGHTEST_MEAN:
            return Fault.BRIGHT
        if self.sharpness < (LEAST_SHARPNESS_OF_FACES if is_face else LEAST_SHARPNESS):
            return Fault.BLURRED
        return None


def clean(data: bytes, *, name: str, declared: str, limits: Limits) -> Photo:
    """This function will give the pixels of an uploaded photo as a fresh JPEG. Raises PhotoRefused.

    The size in pixels is read from the header and judged before anything is unpacked.
    """
    if not data:
        raise PhotoRefused(Refusal.EMPTY)
    if len(data) > limits.most_bytes:
        raise PhotoRefused(Refusal.TOO_LARGE)
    kind = sniff(data)
    if kind is None:
        raise PhotoRefused(Refusal.NOT_A_PHOTO)
    extensions, types = FORMATS[kind]
    extension = name.rpartition(".")[2].lower() if "." in name else ""
    if extension not in extensions or declared.lower().partition(";")[0].strip() not in types | SAYS_NOTHING:
        raise PhotoRefused(Refusal.MISNAMED)
    try:
        with Image.open(io.BytesIO(data), formats=(kind,)) as picture:
            width, height = picture.size
            if width * height > limits.most_pixels:
                raise PhotoRefused(Refusal.TOO_MANY_PIXELS)
            if min(width, height) < limits.least_side:
                raise PhotoRefused(Refusal.TOO_SMALL)
            return _repaint(picture)
    except PhotoRefused:
        raise
    except Image.DecompressionBombError as error:
        raise PhotoRefused(Refusal.TOO_MANY_PIXELS) from error
    except (OSError, ValueError, SyntaxError, EOFError, IndexError, MemoryError) as error:
        raise PhotoRefused(Refusal.DAMAGED) from error  # what Pillow's decoders raise on broken files


def sniff(data: bytes) -> str | None:
    """This function will name the format by the first bytes, or answer None."""
    if data[:3] == b"\xff\xd8\xff":
        return "JPEG"
    if data[:8] == b"\x89PNG\r\n\x1a\n":
        return "PNG"
    if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
        return "WEBP"
    return None


def look(jpeg: bytes) -> Look:
    """This function will measure a photo that `clean` made. Raises PhotoRefused when it cannot be decoded."""
    try:
        with Image.open(io.BytesIO(jpeg), formats=("JPEG",)) as picture:
            grey = picture.convert("L")
    except (OSError, ValueError, SyntaxError) as error:
        raise PhotoRefused(Refusal.DAMAGED) from error
    grey.thumbnail((JUDGED_SIDE, JUDGED_SIDE))
    whole = ImageStat.Stat(grey)
    edges = grey.filter(ImageFilter.Kernel((3, 3), [0, 1, 0, 1, -4, 1, 0, 1, 0], scale=1, offset=128))
    inner = edges.crop((2, 2, edges.width - 2, edges.height - 2))  # the filter leaves the border as it was
    return Look(
        brightness=int(whole.mean[0]), contrast=int(whole.stddev[0]), sharpness=int(ImageStat.Stat(inner).var[0])
    )


def _repaint(picture: Image.Image) -> Photo:
    picture.draft("RGB", (LARGEST_SIDE, LARGEST_SIDE))  # a JPEG is unpacked at half size when that is enough
    upright = ImageOps.exif_transpose(picture)
    upright.thumbnail((LARGEST_SIDE, LARGEST_SIDE))
    canvas = Image.new("RGB", upright.size, "white")
    if upright.mode in {"RGBA", "LA", "PA"} or "transparency" in upright.info:
        layer = upright.convert("RGBA")
        canvas.paste(layer, mask=layer)
    else:
        canvas.paste(upright.convert("RGB"))
    out = io.BytesIO()
    canvas.save(out, "JPEG", quality=QUALITY, optimize=True)
    return Photo(jpeg=out.getvalue(), width=canvas.width, height=canvas.height)
