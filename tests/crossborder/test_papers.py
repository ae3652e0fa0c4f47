"""Documents: only the pictures of their pages are kept, whatever they were; what is hostile is refused or harmless."""

import hashlib
import io
import zlib
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from accounts.identity.photos import PhotoRefused, Refusal
from core import policy
from core.audit.models import Row
from payments.crossborder import files, queries, rendering, sentences
from payments.crossborder.figures import papers as limits_of
from payments.crossborder.models import Page, Paper, Upload
from payments.crossborder.refusals import TooManyPapers, TooManyUploads
from payments.crossborder.services import papers
from payments.refusals import DraftVoid
from tests.factories import crossborder as make
from tests.factories.policy import add_figure
from tests.identity.test_disguised_files import EICAR, MARK, PHP, SCRIPT, SVG, archive

pytestmark = pytest.mark.django_db


def stored(folder: Path) -> list[bytes]:
    return [path.read_bytes() for path in folder.rglob("*") if path.is_file()]


def obj(number: int, body: bytes) -> bytes:
    return b"%d 0 obj\n%s\nendobj\n" % (number, body)


def scripted_pdf() -> bytes:
    """A PDF that opens, runs a script and carries a file, as attackers write it."""
    stream = b"BT /F1 24 Tf 72 700 Td (" + MARK + b") Tj ET"
    return (
        b"%PDF-1.7\n"
        + obj(1, b"<</Type/Catalog/Pages 2 0 R/OpenAction<</S/JavaScript/JS(app.alert('" + MARK + b"'))>>>>")
        + obj(2, b"<</Type/Pages/Kids[3 0 R]/Count 1>>")
        + obj(3, b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R/Resources<<>>>>")
        + obj(4, b"<</Length %d>>\nstream\n%s\nendstream" % (len(stream), stream))
        + b"trailer<</Root 1 0 R/Size 5>>\n%%EOF\n"
    )


def bomb_pdf() -> bytes:
    """A page as large as a city, filled by a stream that unpacks to a thousand times its size."""
    stream = zlib.compress(b"0 0 m " * 1_000_000, 9)
    return (
        b"%PDF-1.7\n"
        + obj(1, b"<</Type/Catalog/Pages 2 0 R>>")
        + obj(2, b"<</Type/Pages/Kids[3 0 R]/Count 1>>")
        + obj(3, b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 99999999 99999999]/Contents 4 0 R>>")
        + obj(4, b"<</Length %d/Filter/FlateDecode>>\nstream\n" % len(stream) + stream + b"\nendstream")
        + b"trailer<</Root 1 0 R/Size 5>>\n%%EOF\n"
    )


def test_a_document_is_kept_as_sealed_pictures_of_its_pages(wang: make.Sender, now: datetime, settings: Any) -> None:
    draft = make.drafted(wang, 60_000_00, now=now)
    paper = make.document(wang, draft, data=make.pdf(3), name="bill.pdf", now=now)
    pages = queries.pages_of(draft)
    assert [page.number for page in pages] == [1, 2, 3]
    kept = [files.read(page.file) for page in pages]
    assert all(page.startswith(b"\xff\xd8\xff") for page in kept)
    assert [hashlib.sha256(page).hexdigest() for page in kept] == [page.digest for page in pages]
    assert not any(b"\xff\xd8\xff" in each or b"JFIF" in each for each in stored(Path(settings.MEDIA_ROOT)))
    again = make.document(wang, draft, data=make.pdf(3), name="copy.pdf", now=now)
    assert (again.pk == paper.pk) is (again.digest == paper.digest)
    assert papers.remove(customer=wang.customer, payment_id=draft.public_id, paper_id=paper.public_id, now=now)
    assert not papers.remove(customer=wang.customer, payment_id=draft.public_id, paper_id=paper.public_id, now=now)


@pytest.mark.parametrize("build", [scripted_pdf, lambda: make.pdf(1, extra=SCRIPT + archive())])
def test_of_a_pdf_that_is_two_things_only_what_a_reader_sees_is_left(
    wang: make.Sender, now: datetime, build: Any
) -> None:
    draft = make.drafted(wang, 60_000_00, now=now)
    make.document(wang, draft, data=build(), name="bill.pdf", now=now)
    (page,) = queries.pages_of(draft)
    jpeg = files.read(page.file)
    assert MARK not in jpeg
    assert b"script" not in jpeg.lower()
    assert jpeg.endswith(b"\xff\xd9")


@pytest.mark.parametrize(
    ("data", "name", "why"),
    [
        (b"", "a.pdf", Refusal.EMPTY),
        (SVG, "a.svg", Refusal.NOT_A_PHOTO),
        (SCRIPT, "a.html", Refusal.NOT_A_PHOTO),
        (PHP, "a.jpg", Refusal.NOT_A_PHOTO),
        (archive(), "a.pdf", Refusal.NOT_A_PHOTO),
        (EICAR, "a.jpg", Refusal.NOT_A_PHOTO),
        (b"MZ" + b"\0" * 500, "a.pdf", Refusal.NOT_A_PHOTO),
        (b"\0\0" + scripted_pdf(), "a.pdf", Refusal.NOT_A_PHOTO),  # its head does not come first
        (scripted_pdf(), "a.jpg", Refusal.MISNAMED),
        (make.photo(), "a.pdf", Refusal.MISNAMED),
        (b"%PDF-1.7\n" + SCRIPT, "a.pdf", Refusal.DAMAGED),
        (make.pdf()[:400], "a.pdf", Refusal.DAMAGED),
        (b"%PDF-" + b"0" * (10 * 2**20), "a.pdf", Refusal.TOO_LARGE),
        (make.photo()[:200], "a.jpg", Refusal.DAMAGED),
    ],
)
def test_what_is_no_document_is_refused_and_nothing_of_it_kept(
    wang: make.Sender, now: datetime, settings: Any, data: bytes, name: str, why: Refusal
) -> None:
    draft = make.drafted(wang, 60_000_00, now=now)
    with pytest.raises(PhotoRefused) as refused:
        papers.add(customer=wang.customer, payment_id=draft.public_id, data=data, name=name, declared="", now=now)
    assert refused.value.reason is why
    assert sentences.of_paper(refused.value, limits_of(on=now.date()))
    assert (Paper.objects.count(), Page.objects.count(), stored(Path(settings.MEDIA_ROOT))) == (0, 0, [])
    assert Upload.objects.count() == 1  # it was counted


def test_nothing_a_document_says_of_its_size_makes_its_picture_larger_or_the_wait_longer(
    wang: make.Sender, now: datetime, monkeypatch: Any
) -> None:
    draft = make.drafted(wang, 60_000_00, now=now)
    make.document(wang, draft, data=bomb_pdf(), name="city.pdf", now=now)
    (page,) = queries.pages_of(draft)
    with Image.open(io.BytesIO(files.read(page.file))) as picture:
        assert max(picture.size) <= rendering.LONGEST_SIDE + 1  # a broken pixel counts as one
    monkeypatch.setattr(rendering, "PATIENCE", 0.001)  # seconds
    with pytest.raises(PhotoRefused) as refused:
        make.document(wang, draft, data=make.pdf(), name="slow.pdf", now=now)
    assert refused.value.reason is Refusal.DAMAGED
    assert len(queries.pages_of(draft)) == 1


def test_pages_documents_and_files_of_a_day_have_a_most(wang: make.Sender, now: datetime) -> None:
    for key, most in (("paper_pages_most", "2"), ("papers_most", "2"), ("uploads_a_day", "4")):
        add_figure(f"crossborder.{key}", most, type="int", unit="", now=now)
    policy.forget()
    draft = make.drafted(wang, 60_000_00, now=now)
    with pytest.raises(rendering.TooManyPages):
        make.document(wang, draft, data=make.pdf(3), name="a.pdf", now=now)
    make.document(wang, draft, now=now)
    make.document(wang, draft, now=now)
    with pytest.raises(TooManyPapers):
        make.document(wang, draft, now=now)
    with pytest.raises(TooManyUploads):
        make.document(wang, draft, now=now)


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("../../etc/passwd.jpg", "passwd.jpg"),
        ("C:\\Users\\me\\bill.jpg", "bill.jpg"),
        ("bill\r\nSet-Cookie: a=b.jpg", "billSet-Cookie: a=b.jpg"),
        ("evil\u202egpj.exe.jpg", "evilgpj.exe.jpg"),
        ("a\x00b.jpg", "ab.jpg"),
        ("<script>alert(1)</script>.jpg", "script>.jpg".replace(">", "")),
        ("x" * 300 + ".jpg", "x" * 80),
        ("学费账单.jpg", "学费账单.jpg"),
        ("\u200b", "document"),
    ],
)
def test_a_file_name_that_plays_tricks_is_cleaned(name: str, shown: str) -> None:
    assert papers.shown_name(name) == shown


def test_what_was_confirmed_keeps_its_documents(wang: make.Sender, now: datetime) -> None:
    payment, _case = make.in_review(wang, 60_000_00, now=now)
    with pytest.raises(DraftVoid):
        make.document(wang, payment, now=now)
    paper = Paper.objects.get()
    with pytest.raises(DraftVoid):
        papers.remove(customer=wang.customer, payment_id=payment.public_id, paper_id=paper.public_id, now=now)
    assert Row.objects.filter(act="crossborder.paper_added").count() == 1


def test_another_document_than_was_shown_is_another_act(wang: make.Sender, now: datetime) -> None:
    from accounts.access import stepup  # reason: one test speaks of its refusals

    draft = make.drafted(wang, 60_000_00, now=now)
    make.document(wang, draft, now=now)
    question = make.approved(wang, draft, now)
    make.document(wang, draft, now=now)
    with pytest.raises(stepup.Refused):
        make.confirm(wang, make.again(draft), now, question=question)
