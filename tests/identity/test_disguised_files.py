"""Files that are something else than they say, or two things at once: refused, or only a picture is left of them."""

import base64
import gzip
import io
import socket
import struct
import tarfile
import threading
import zipfile
import zlib
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from accounts.identity import intake, services
from accounts.identity.models import Document, Verification
from accounts.identity.photos import Limits, PhotoRefused, Refusal
from accounts.models import Customer
from tests.factories import identity as make
from tests.identity.test_photos import chunk, picture, png_that_claims

LIMITS = Limits(most_bytes=10 * 2**20, most_pixels=50_000_000, least_side=600)
MARK = b"HOSTILE-PAYLOAD"
SCRIPT = b"<script>/*" + MARK + b"*/alert(1)</script>"
PHP = b"<?php /*" + MARK + b"*/ system($_GET['c']); ?>"
EICAR = b"X5O!P%@AP[4\\PZX54(P^)7CC)7}$EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"
PDF = b"%PDF-1.7\n1 0 obj<</S/JavaScript/JS(" + MARK + b")>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF"
SVG = b"<?xml version='1.0'?><svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'>" + SCRIPT + b"</svg>"


def archive() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as packed:
        packed.writestr("payload.txt", MARK * 4)
    return out.getvalue()


def tape() -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as packed:
        packed.addfile(tarfile.TarInfo("x" * 90), io.BytesIO(b""))
    return out.getvalue()


def jpeg(**options: Any) -> bytes:
    return picture("JPEG", **options)


def with_exif(tag: int, text: bytes) -> bytes:
    exif = Image.Exif()
    exif[tag] = text.decode("latin-1")
    return jpeg(exif=exif)


def segment(marker: int, body: bytes) -> bytes:
    """A JPEG with one more segment right after its first two bytes."""
    plain = jpeg()
    return plain[:2] + struct.pack(">BBH", 0xFF, marker, len(body) + 2) + body + plain[2:]


def png_with(kind: bytes, body: bytes) -> bytes:
    plain = picture("PNG")
    return plain[:33] + chunk(kind, body) + plain[33:]


def webp_with(body: bytes) -> bytes:
    plain = picture("WEBP")
    padded = body + b"\0" * (len(body) % 2)
    added = plain + b"EXIF" + struct.pack("<I", len(body)) + padded
    return added[:4] + struct.pack("<I", len(added) - 8) + added[8:]


def thumbnail_of_another() -> bytes:
    """A JPEG whose preview is a different file, as camera software once leaked what had been cut off."""
    return segment(0xE1, b"Exif\0\0" + MARK + jpeg()[:2000])


def word_file() -> bytes:
    return b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600 + MARK


def moving_png() -> bytes:
    """An animated PNG with a second picture that nobody sees at first."""
    control = chunk(b"acTL", struct.pack(">II", 2, 0))
    plain = picture("PNG")
    hidden = chunk(b"fdAT", struct.pack(">I", 1) + zlib.compress(MARK * 50))
    return plain[:33] + control + plain[33:-12] + hidden + plain[-12:]


# what -> (file, name, declared type, why it is refused; None: cleaned)
Case = tuple[Callable[[], bytes], str, str, Refusal | None]
JPG, PNG, WEBP = ("a.jpg", "image/jpeg"), ("a.png", "image/png"), ("a.webp", "image/webp")
DISGUISED: dict[str, Case] = {
    # not a picture at all
    "a PDF with a script, a page and an archive in one": (
        lambda: PDF + SCRIPT + archive(), *JPG, Refusal.NOT_A_PHOTO),
    "a PDF called a photo": (lambda: PDF, *JPG, Refusal.NOT_A_PHOTO),
    "a page called a photo": (lambda: b"<!doctype html>" + SCRIPT, *JPG, Refusal.NOT_A_PHOTO),
    "a moving picture that is a script too": (
        lambda: b"GIF89a/*" + b"\0" * 40 + b"*/=1;alert(1)//" + MARK, *JPG, Refusal.NOT_A_PHOTO),
    "a moving picture called a PNG": (lambda: picture("GIF"), *PNG, Refusal.NOT_A_PHOTO),
    "a drawing called a photo": (lambda: SVG, *JPG, Refusal.NOT_A_PHOTO),
    "a packed drawing": (lambda: gzip.compress(SVG), *PNG, Refusal.NOT_A_PHOTO),
    "a Windows program": (lambda: b"MZ\x90\0" + b"\0" * 60 + b"PE\0\0" + MARK, *JPG, Refusal.NOT_A_PHOTO),
    "a Linux program": (lambda: b"\x7fELF\x02\x01\x01" + b"\0" * 60 + MARK, *JPG, Refusal.NOT_A_PHOTO),
    "a Mac program": (lambda: b"\xcf\xfa\xed\xfe" + b"\0" * 60 + MARK, *JPG, Refusal.NOT_A_PHOTO),
    "a shell script": (lambda: b"#!/bin/sh\nrm -rf / #" + MARK, *JPG, Refusal.NOT_A_PHOTO),
    "a page of PHP": (lambda: PHP, *JPG, Refusal.NOT_A_PHOTO),
    "the scanners' test file": (lambda: EICAR, *JPG, Refusal.NOT_A_PHOTO),
    "an archive": (archive, *JPG, Refusal.NOT_A_PHOTO),
    "a tape archive": (tape, *JPG, Refusal.NOT_A_PHOTO),
    "an old office file": (word_file, *JPG, Refusal.NOT_A_PHOTO),
    "a Java class": (lambda: b"\xca\xfe\xba\xbe\0\0\0\x34" + MARK, *JPG, Refusal.NOT_A_PHOTO),
    "PostScript": (lambda: b"%!PS-Adobe-3.0 EPSF-3.0\n(" + MARK + b") print", *JPG, Refusal.NOT_A_PHOTO),
    "a TIFF": (lambda: picture("TIFF"), *JPG, Refusal.NOT_A_PHOTO),
    "a BMP": (lambda: picture("BMP"), *JPG, Refusal.NOT_A_PHOTO),
    "an icon": (lambda: picture("ICO", (256, 256)), *JPG, Refusal.NOT_A_PHOTO),
    "a picture in base64": (lambda: base64.b64encode(jpeg()), *JPG, Refusal.NOT_A_PHOTO),
    "a page before a picture": (lambda: SCRIPT + jpeg(), *JPG, Refusal.NOT_A_PHOTO),
    "an archive before a picture": (lambda: archive() + jpeg(), *JPG, Refusal.NOT_A_PHOTO),
    # a picture by its first bytes alone
    "the head of a JPEG before a PDF": (lambda: b"\xff\xd8\xff\xe0" + PDF, *JPG, Refusal.DAMAGED),
    "the head of a PNG before a program": (lambda: b"\x89PNG\r\n\x1a\nMZ" + MARK * 9, *PNG, Refusal.DAMAGED),
    "the head of a WebP before a page": (lambda: b"RIFF\xff\0\0\0WEBP" + SCRIPT, *WEBP, Refusal.DAMAGED),
    "a JPEG that ends in its middle": (lambda: jpeg()[:900], *JPG, Refusal.DAMAGED),
    "a PNG whose sums are wrong": (
        lambda: picture("PNG")[:40] + b"\xff" * 8 + picture("PNG")[48:], *PNG, Refusal.DAMAGED),
    # by size
    "nothing": (lambda: b"", *JPG, Refusal.EMPTY),
    "one byte too many": (lambda: jpeg() + b"\0" * (LIMITS.most_bytes + 1 - len(jpeg())), *JPG, Refusal.TOO_LARGE),
    "a PNG of 2,500 million pixels": (lambda: png_that_claims(50_000, 50_000), *PNG, Refusal.TOO_MANY_PIXELS),
    "a PNG one pixel high and endlessly wide": (lambda: png_that_claims(2**31 - 1, 1), *PNG, Refusal.TOO_MANY_PIXELS),
    "a text of 50 million letters in a PNG": (
        lambda: png_with(b"zTXt", b"k\0\0" + zlib.compress(b"\0" * 50_000_000, 9)), *PNG, Refusal.DAMAGED),
    # a picture by another name
    "a PNG called a JPEG": (lambda: picture("PNG"), *JPG, Refusal.MISNAMED),
    "a JPEG called a program": (jpeg, "a.exe", "image/jpeg", Refusal.MISNAMED),
    "a JPEG declared as a page": (jpeg, "a.jpg", "text/html", Refusal.MISNAMED),
    "a JPEG with a name turned around": (jpeg, "a\u202egpj.exe", "image/jpeg", Refusal.MISNAMED),
    # a real picture with something else in it: only the picture is left
    "an archive after a picture": (lambda: jpeg() + archive(), *JPG, None),
    "a PDF after a picture": (lambda: jpeg() + PDF, *JPG, None),
    "a page after a picture": (lambda: jpeg() + SCRIPT, *JPG, None),
    "a second picture after the first": (lambda: jpeg() + MARK + jpeg(), *JPG, None),
    "PHP in the camera's name": (lambda: with_exif(0x010F, PHP), *JPG, None),
    "PHP in a description": (lambda: with_exif(0x010E, PHP), *JPG, None),
    "PHP in a comment": (lambda: jpeg(comment=PHP), *JPG, None),
    "a script in an application's segment": (lambda: segment(0xED, b"Photoshop 3.0\0" + SCRIPT), *JPG, None),
    "a colour profile that is a page": (lambda: jpeg(icc_profile=SCRIPT * 20), *JPG, None),
    "another picture as the preview": (thumbnail_of_another, *JPG, None),
    "a script in a PNG's text": (lambda: png_with(b"tEXt", b"Comment\0" + SCRIPT), *PNG, None),
    "a hidden second picture in a PNG": (moving_png, *PNG, Refusal.DAMAGED),
    "an archive after a PNG": (lambda: picture("PNG") + archive(), *PNG, None),
    "PHP in a WebP": (lambda: webp_with(PHP), *WEBP, None),
}  # fmt: skip


def test_there_are_more_than_thirty_of_them_and_no_two_are_one() -> None:
    assert len(DISGUISED) >= 30
    made = [(what[0](), what[1], what[2]) for what in DISGUISED.values()]
    assert len(set(made)) == len(made)


@pytest.mark.parametrize("what", DISGUISED)
def test_a_disguised_file_is_refused_or_nothing_but_its_picture_is_left(what: str) -> None:
    make_file, name, declared, reason = DISGUISED[what]
    data = make_file()
    if reason is not None:
        with pytest.raises(PhotoRefused) as refused:
            intake.take(data, name=name, declared=declared, limits=LIMITS)
        assert refused.value.reason is reason
        return
    photo = intake.take(data, name=name, declared=declared, limits=LIMITS)
    assert MARK in data or b"PK\x03\x04" in data
    for left in (MARK, b"PK\x03\x04", b"<script", b"<?php", b"%PDF", b"Exif", b"ICC_PROFILE", b"Photoshop"):
        assert left not in photo.jpeg
    assert photo.jpeg.count(b"\xff\xd8\xff") == 1
    assert photo.jpeg.endswith(b"\xff\xd9")
    with Image.open(io.BytesIO(photo.jpeg), formats=("JPEG",)) as kept:
        assert kept.size == (photo.width, photo.height) == (900, 700)


def test_nothing_of_a_refused_file_is_left_on_disk_or_in_the_table(
    customer: Customer, now: datetime, photo_folder: Path
) -> None:
    for what in ("a page of PHP", "the head of a JPEG before a PDF", "a PNG called a JPEG", "nothing"):
        make_file, name, declared, _reason = DISGUISED[what]
        with pytest.raises(PhotoRefused):
            services.save_photo(
                customer=customer, side="front", data=make_file(), name=name, declared=declared, now=now
            )
    assert not Document.objects.exists()
    assert not [path for path in photo_folder.rglob("*") if path.is_file()]
    assert Verification.objects.get(customer=customer).uploads == 4  # each try was counted


# ── The scanner ──────────────────────────────────────────────────────────────


class FakeScanner:
    """A clamd on a loopback socket that knows one file: whatever has the test file's text in it."""

    def __init__(self, answer: bytes | None = None) -> None:
        self.answer, self.seen = answer, list[bytes]()
        self.door = socket.create_server(("127.0.0.1", 0))
        self.address = f"tcp://127.0.0.1:{self.door.getsockname()[1]}"
        self.thread = threading.Thread(target=self._serve, daemon=True)
        self.thread.start()

    def _serve(self) -> None:
        while True:
            try:
                line, _from = self.door.accept()
            except OSError:
                return
            with line, line.makefile("rb") as sent:
                assert sent.read(10) == b"zINSTREAM\0"
                data = b""
                while length := struct.unpack("!I", sent.read(4))[0]:
                    data += sent.read(length)
                self.seen.append(data)
                found = b"stream: Eicar-Test-Signature FOUND\0" if EICAR in data else b"stream: OK\0"
                line.sendall(found if self.answer is None else self.answer)

    def close(self) -> None:
        """Wake the thread that waits at the door before the door goes: its number may be another's a moment later."""
        self.door.shutdown(socket.SHUT_RDWR)
        self.thread.join(timeout=10)
        self.door.close()


@pytest.fixture
def scanner(settings: Any) -> Iterator[FakeScanner]:
    made = FakeScanner()
    settings.MALWARE_SCANNER = made.address
    yield made
    made.close()


def send(customer: Customer, data: bytes, now: datetime) -> Document:
    return services.save_photo(customer=customer, side="front", data=data, name="a.jpg", declared="image/jpeg", now=now)


def test_a_picture_that_carries_what_the_scanner_knows_is_refused_and_nothing_is_left(
    scanner: FakeScanner, customer: Customer, now: datetime, photo_folder: Path
) -> None:
    """Without the scanner it would be cleaned and taken; with it nobody's decoder even opens it."""
    with pytest.raises(PhotoRefused) as refused:
        send(customer, jpeg() + EICAR, now)
    assert refused.value.reason is Refusal.INFECTED
    assert not Document.objects.exists()
    assert not [path for path in photo_folder.rglob("*") if path.is_file()]


def test_a_clean_picture_is_shown_to_the_scanner_whole_as_it_was_sent(
    scanner: FakeScanner, customer: Customer, now: datetime
) -> None:
    data = make.photos_of(make.PERSON).front
    assert len(data) > 65_536  # more than one piece
    send(customer, data, now)
    assert scanner.seen == [data]
    assert Document.objects.get().side == "front"


@pytest.mark.parametrize("answer", [b"", b"stream: ", b"INSTREAM size limit exceeded. ERROR\0", b"OK\0", b"stream: OK"])
def test_a_scanner_that_does_not_answer_as_one_keeps_the_gate_shut(
    answer: bytes, settings: Any, customer: Customer, now: datetime
) -> None:
    broken = FakeScanner(answer)
    settings.MALWARE_SCANNER = broken.address
    with pytest.raises(PhotoRefused) as refused:
        send(customer, jpeg(), now)
    broken.close()
    assert refused.value.reason is Refusal.NOT_SCANNED
    assert not Document.objects.exists()


@pytest.mark.parametrize("address", ["tcp://127.0.0.1:1", "unix:///nowhere/clamd.ctl", "clamd", "tcp://127.0.0.1"])
def test_a_scanner_that_is_down_or_badly_named_keeps_the_gate_shut(
    address: str, settings: Any, customer: Customer, now: datetime
) -> None:
    settings.MALWARE_SCANNER = address
    with pytest.raises(PhotoRefused) as refused:
        send(customer, jpeg(), now)
    assert refused.value.reason is Refusal.NOT_SCANNED
    assert not Document.objects.exists()
    settings.MALWARE_SCANNER = ""
    assert send(customer, jpeg(), now).side == "front"


def test_a_scanner_is_reached_by_a_path_too(settings: Any, tmp_path: Path) -> None:
    path = tmp_path / "clamd.ctl"
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as door:
        door.bind(str(path))
        door.listen()

        def serve() -> None:
            line, _from = door.accept()
            with line, line.makefile("rb") as sent:
                sent.read(10)
                while length := struct.unpack("!I", sent.read(4))[0]:
                    sent.read(length)
                line.sendall(b"stream: OK\0")

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        settings.MALWARE_SCANNER = f"unix://{path}"
        assert intake.take(jpeg(), name="a.jpg", declared="image/jpeg", limits=LIMITS).width == 900
        thread.join(timeout=5)
