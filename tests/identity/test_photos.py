"""What may be uploaded, what is left of it, and whether a person could read it."""

import io
import struct
import time
import zlib
from collections.abc import Callable

import pytest
from PIL import Image, ImageEnhance, ImageFilter

from accounts.identity import photos
from accounts.identity.photos import Fault, Limits, PhotoRefused, Refusal
from tests.factories import identity as make

LIMITS = Limits(most_bytes=10 * 2**20, most_pixels=50_000_000, least_side=600)


def front() -> bytes:
    return make.photos_of(make.PERSON).front


def picture(kind: str, size: tuple[int, int] = (900, 700), mode: str = "RGB", **options: object) -> bytes:
    out = io.BytesIO()
    Image.linear_gradient("L").resize(size).convert(mode).save(out, kind, **options)
    return out.getvalue()


def clean(data: bytes, name: str = "a.jpg", declared: str = "image/jpeg") -> photos.Photo:
    return photos.clean(data, name=name, declared=declared, limits=LIMITS)


def refused(data: bytes, name: str = "a.jpg", declared: str = "image/jpeg") -> Refusal:
    with pytest.raises(PhotoRefused) as error:
        clean(data, name, declared)
    return error.value.reason


def chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def png_that_claims(width: int, height: int) -> bytes:
    header = struct.pack(">IIBBBBB", width, height, 1, 0, 0, 0, 0)
    body = zlib.compress(b"\x00" * 100_000, 9)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", body) + chunk(b"IEND", b"")


def test_nothing_but_pixels_is_left() -> None:
    exif = Image.Exif()
    exif[0x010F] = "SecretPhone"
    exif.get_ifd(0x8825)[2] = (30.0, 16.0, 12.5)
    source = Image.open(io.BytesIO(front()))
    out = io.BytesIO()
    source.save(out, "JPEG", exif=exif, comment=b"SecretComment", icc_profile=b"SecretProfile")
    dirty = out.getvalue() + b"<script>SecretTail</script>"
    assert dirty.count(b"Secret") >= 4
    photo = clean(dirty)
    assert b"Secret" not in photo.jpeg
    assert photo.jpeg.endswith(b"\xff\xd9")
    kept = Image.open(io.BytesIO(photo.jpeg))
    assert not kept.getexif()
    assert "comment" not in kept.info
    assert "icc_profile" not in kept.info


def test_a_photo_taken_sideways_is_turned_upright() -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    out = io.BytesIO()
    Image.new("RGB", (1200, 800), "navy").save(out, "JPEG", exif=exif)
    photo = clean(out.getvalue())
    assert (photo.width, photo.height) == (800, 1200)


@pytest.mark.parametrize(
    ("data", "name", "declared"),
    [
        (lambda: picture("PNG"), "a.png", "image/png"),
        (lambda: picture("PNG", mode="P"), "A.PNG", "application/octet-stream"),
        (lambda: picture("PNG", mode="LA"), "a.png", ""),
        (lambda: picture("PNG", mode="1"), "a.png", "image/png"),
        (lambda: picture("WEBP"), "a.webp", "image/webp"),
        (lambda: picture("JPEG", mode="CMYK"), "照片 (1).JPEG", "image/jpeg"),
        (lambda: picture("JPEG", progressive=True), "../../etc/x.jpg", "image/pjpeg"),
    ],
)
def test_what_phones_and_scanners_send_is_taken(data: Callable[[], bytes], name: str, declared: str) -> None:
    photo = clean(data(), name, declared)
    assert Image.open(io.BytesIO(photo.jpeg)).mode == "RGB"


PDF = b"%PDF-1.7\n" + b"x" * 2000
NOT_PHOTOS = {
    "an empty file": (b"", Refusal.EMPTY),
    "one byte too many": (b"\xff\xd8\xff" + b"\0" * (10 * 2**20 - 2), Refusal.TOO_LARGE),
    "a PDF": (PDF, Refusal.NOT_A_PHOTO),
    "a page": (b"<html><script>alert(1)</script>", Refusal.NOT_A_PHOTO),
    "a drawing with scripts": (b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>", Refusal.NOT_A_PHOTO),
    "a program": (b"MZ" + b"\0" * 500, Refusal.NOT_A_PHOTO),
    "an archive": (b"PK\x03\x04" + b"\0" * 500, Refusal.NOT_A_PHOTO),
    "a moving picture": (b"GIF89a" + b"\0" * 500, Refusal.NOT_A_PHOTO),
    "EICAR": (b"X5O!P%@AP[4\\PZX54(P^)7CC)7}$EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*", Refusal.NOT_A_PHOTO),
    "the head of a JPEG before a page": (b"\xff\xd8\xff\xe0<html><script>alert(1)</script>", Refusal.DAMAGED),
    "the head of a PNG before an archive": (b"\x89PNG\r\n\x1a\nPK\x03\x04" + b"\0" * 90, Refusal.DAMAGED),
    "RIFF that is a sound": (b"RIFF\x00\x00\x00\x00WAVEfmt ", Refusal.NOT_A_PHOTO),
}


@pytest.mark.parametrize("what", NOT_PHOTOS)
def test_what_is_no_photo_is_refused(what: str) -> None:
    data, reason = NOT_PHOTOS[what]
    name = "a.png" if data.startswith(b"\x89PNG") else "a.jpg"
    assert refused(data, name, "image/png" if name == "a.png" else "image/jpeg") is reason


def test_exactly_the_largest_size_is_taken() -> None:
    data = front() + b"\0" * (LIMITS.most_bytes - len(front()))
    assert clean(data).width == 1280
    assert refused(data + b"\0") is Refusal.TOO_LARGE


@pytest.mark.parametrize(
    ("name", "declared"),
    [
        ("a.png", "image/jpeg"),
        ("a.jpg", "image/png"),
        ("a.jpg", "text/html"),
        ("a.jpg.exe", "image/jpeg"),
        ("a.html", "image/jpeg"),
        ("a", "image/jpeg"),
        ("", "image/jpeg"),
        ("a.jpg\u202egpj.exe", "image/jpeg"),
        ("x" * 300, "image/jpeg"),
    ],
)
def test_name_type_and_content_must_agree(name: str, declared: str) -> None:
    assert refused(front(), name, declared) is Refusal.MISNAMED


@pytest.mark.parametrize("size", [(50_000, 50_000), (200_000, 600), (10_000, 5_001)])
def test_a_pixel_bomb_is_refused_before_it_is_unpacked(size: tuple[int, int]) -> None:
    bomb = png_that_claims(*size)
    assert len(bomb) < 2000
    start = time.perf_counter()
    assert refused(bomb, "a.png", "image/png") is Refusal.TOO_MANY_PIXELS
    assert time.perf_counter() - start < 0.2


def test_a_text_bomb_inside_a_picture_is_refused() -> None:
    small = picture("PNG")
    bomb = chunk(b"zTXt", b"k\0\0" + zlib.compress(b"\0" * 200_000_000, 9))
    assert refused(small[:33] + bomb + small[33:], "a.png", "image/png") is Refusal.DAMAGED


def test_a_picture_too_small_to_read_is_refused() -> None:
    assert refused(picture("JPEG", (5000, 599))) is Refusal.TOO_SMALL
    assert clean(picture("JPEG", (600, 600))).width == 600


@pytest.mark.parametrize("keep", [0.1, 0.5, 0.95])
def test_a_torn_file_is_refused(keep: float) -> None:
    data = front()
    assert refused(data[: int(len(data) * keep)]) is Refusal.DAMAGED


def test_a_large_photo_is_brought_down_to_a_readable_size() -> None:
    photo = clean(picture("JPEG", (8000, 6000)))
    assert (photo.width, photo.height) == (2400, 1800)


SPOILT: dict[str, tuple[Callable[[Image.Image], Image.Image], Fault | None]] = {
    "as it is": (lambda image: image, None),
    "a little dim": (lambda image: ImageEnhance.Brightness(image).enhance(0.45), None),
    "in the dark": (lambda image: ImageEnhance.Brightness(image).enhance(0.2), Fault.DARK),
    "bleached": (lambda image: ImageEnhance.Brightness(image).enhance(3), Fault.BRIGHT),
    "out of focus": (lambda image: image.filter(ImageFilter.GaussianBlur(4)), Fault.BLURRED),
    "a thumb on the lens": (lambda image: Image.new("RGB", image.size, "#9a6a55"), Fault.BLANK),
}


@pytest.mark.parametrize("how", SPOILT)
def test_a_photo_nobody_could_read_is_noticed(how: str) -> None:
    spoil, fault = SPOILT[how]
    out = io.BytesIO()
    spoil(Image.open(io.BytesIO(front()))).save(out, "JPEG", quality=90)
    assert photos.look(clean(out.getvalue()).jpeg).fault() is fault


def test_a_drawn_face_is_sharp_enough() -> None:
    assert photos.look(clean(make.photos_of(make.PERSON).selfie).jpeg).fault(is_face=True) is None
