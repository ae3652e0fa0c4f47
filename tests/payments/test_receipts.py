"""A receipt is the same on screen and paper, belongs to two people, and can be checked by whoever holds its code."""

import io
import json
import re
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pypdf
import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from core.ui import typesetting as drawing
from payments import queries, receipts, typesetting
from payments.models import Transfer
from tests.factories import payments as make
from tests.factories.policy import add_figure
from tests.payments.conftest import drafted, paid

pytestmark = pytest.mark.django_db


@pytest.fixture
def now() -> datetime:
    return timezone.now()


def pdf_of(two: make.Pair, now: datetime, memo: str, *, is_payer: bool = True) -> pypdf.PdfReader:
    found = queries.receipt_for(two.payer, paid(two, 100_00, now, memo=memo))
    assert found is not None
    made = receipts.for_side(found.transfer, is_payer=is_payer)
    return pypdf.PdfReader(io.BytesIO(typesetting.receipt_pdf(made, now=now)))


def fonts_of(reader: pypdf.PdfReader) -> list[Any]:
    found = []
    for page in reader.pages:
        for font in page["/Resources"]["/Font"].values():  # type: ignore[index]
            found.extend(part.get_object() for part in font.get_object().get("/DescendantFonts", [font]))
    return found


def test_the_pdf_reads_in_both_languages_with_its_fonts_inside_and_its_structure_tagged(
    two: make.Pair, now: datetime
) -> None:
    reader = pdf_of(two, now, "十一月房租 November rent")
    text = "\n".join(page.extract_text() for page in reader.pages)
    transfer = Transfer.objects.get()
    expected_words = (
        "电子回单", "Receipt for a transfer", "¥100.00", "人民币壹佰元整", "王小明", "*明", "十一月房租 November rent",
        "Check this receipt", transfer.reference,
    )  # fmt: skip
    for expected in expected_words:
        assert expected in text, expected
    assert "李明" not in text
    fonts = fonts_of(reader)
    assert fonts
    for font in fonts:
        descriptor = font["/FontDescriptor"].get_object()
        assert any(name in descriptor for name in ("/FontFile", "/FontFile2", "/FontFile3")), font["/BaseFont"]
    root = reader.trailer["/Root"]
    assert root["/MarkInfo"]["/Marked"]
    assert root["/Lang"].startswith("zh")
    assert b"<pdfuaid:part>1</pdfuaid:part>" in root["/Metadata"].get_object().get_data()
    assert transfer.reference in str(reader.metadata.title)  # type: ignore[union-attr]


@pytest.mark.parametrize(
    "memo",
    [
        '#read("/etc/passwd")',
        "<script>alert(1)</script>",
        "*bold* _it_ $x$ `raw` // no /* comment */ \\ #{1+1}",
        '"], [x',
        "= Heading",
        "{{7*7}} %s {0}",
    ],
)
def test_a_memo_that_reads_like_a_command_is_printed_as_typed(two: make.Pair, now: datetime, memo: str) -> None:
    text = pdf_of(two, now, memo).pages[0].extract_text()
    assert memo.replace(" ", "") in text.replace(" ", "").replace("\n", "")
    assert "root:" not in text


def test_a_character_no_font_can_draw_is_printed_by_its_number_and_the_rest_stays(
    two: make.Pair, now: datetime
) -> None:
    text = pdf_of(two, now, "🏠 房租 䶮㛃𬭩").pages[0].extract_text()
    assert "〔U+1F3E0〕" in text
    assert "房租 䶮㛃𬭩" in text


def test_the_rarest_of_names_are_drawn_with_the_machines_own_type_and_without_it_printed_by_their_number(
    two: make.Pair, now: datetime, settings: Any
) -> None:
    """Extension B, C, D, E and F of Unicode; the type that comes along has none of these."""
    memo = "欧阳𬎆 𠀀 𪜀 𫝁 𮯠"
    missing = [font for font in settings.PDF_RARE_FONTS if not Path(font).is_file()]
    if missing:
        pytest.skip(f"Debian's fonts-noto-cjk or fonts-hanazono is not installed: {missing}")
    reader = pdf_of(two, now, memo)
    assert memo in reader.pages[0].extract_text()
    assert any("HanaMin" in font for font in map(str, fonts_of(reader)))
    settings.PDF_RARE_FONTS = []
    assert "欧阳〔U+2C386〕" in pdf_of(two, now, memo).pages[0].extract_text()


def test_the_qr_code_carries_the_public_address(two: make.Pair, now: datetime, monkeypatch: Any, settings: Any) -> None:
    settings.PUBLIC_URL = "https://bank.example"
    given: list[dict[str, str]] = []
    monkeypatch.setattr(drawing.typst, "compile", lambda *a, **k: given.append(k["sys_inputs"]) or b"")
    transfer = queries.transfer_by_id(paid(two, 100_00, now))
    assert transfer is not None
    typesetting.receipt_pdf(receipts.for_side(transfer, is_payer=True), now=now)
    values = json.loads(given[0]["receipt"])
    assert values["url"] == f"https://bank.example/verify/{transfer.verification_code}/"
    assert values["qr"] == drawing.qr_svg(values["url"])
    assert values["qr"].startswith("<?xml")


def test_the_pdf_comes_as_a_file_named_after_the_reference(two: make.Pair, now: datetime) -> None:
    transfer_id = paid(two, 100_00, now)
    client = Client()
    client.force_login(two.payer.user)  # type: ignore[arg-type]
    answer = client.get(reverse("receipt_pdf", args=[transfer_id]))
    assert answer["Content-Type"] == "application/pdf"
    assert answer["Content-Disposition"] == f'attachment; filename="receipt-{Transfer.objects.get().reference}.pdf"'
    assert answer.content.startswith(b"%PDF-")
    assert "no-store" in answer["Cache-Control"]


def test_anybody_with_the_code_sees_a_genuine_receipt_with_half_hidden_parties(two: make.Pair, now: datetime) -> None:
    paid(two, 100_00, now, memo="private words")
    code = Transfer.objects.get().verification_code
    answer = Client(HTTP_ACCEPT_LANGUAGE="en").get(f"/verify/{code}/")
    text = answer.content.decode()
    assert answer.status_code == 200
    assert "This receipt is genuine" in text
    assert "¥</span>100.00" in text
    assert "*小明" in text
    assert "*明" in text
    for hidden in (
        "王小明",
        "李明",
        "private words",
        two.source.number,
        two.destination.number,
        'csrfmiddlewaretoken" value=""',
    ):
        assert hidden not in text
    assert not re.search(r"8810 \d{4}", text)
    assert answer["X-Robots-Tag"].startswith("noindex")
    assert 'name="robots" content="noindex' in text
    assert answer["Referrer-Policy"] == "same-origin"  # the code in the address stays here


def test_the_code_may_be_typed_from_paper(two: make.Pair, now: datetime) -> None:
    paid(two, 100_00, now)
    code = Transfer.objects.get().verification_code or ""
    typed = " ".join(code[i : i + 4] for i in range(0, 32, 4)).lower()
    assert Client().post("/verify/", {"code": typed})["Location"] == f"/verify/{code}/"
    for wrong in ("", "abc", "x" * 5000, "\x00", "<script>"):
        page = Client().post("/verify/", {"code": wrong})
        assert page.status_code == 200
        assert "data-error-summary" in page.content.decode()


@pytest.mark.parametrize("code", ["A" * 32, "nothing", "%00", "%3Cscript%3E", "A" * 500, "١" * 32])
def test_an_unknown_code_gets_a_calm_sentence(code: str, db: None) -> None:
    answer = Client(HTTP_ACCEPT_LANGUAGE="en").get(f"/verify/{code}/")
    assert answer.status_code == 404
    assert "We do not know this code" in answer.content.decode()
    assert "<script>" not in answer.content.decode().replace("<script src", "")
    assert answer["X-Robots-Tag"].startswith("noindex")


def test_a_draft_has_no_code_and_no_receipt(two: make.Pair, now: datetime) -> None:
    transfer_id = drafted(two, 1_00, now)
    assert queries.receipt_for(two.payer, transfer_id) is None
    assert Client().get("/verify/None/").status_code == 404


def test_trying_codes_is_slowed_down_for_that_address_alone(two: make.Pair, now: datetime, monkeypatch: Any) -> None:
    add_figure("receipt.checks_per_minute", "3", now=now)
    paid(two, 100_00, now)
    code = Transfer.objects.get().verification_code
    clock = now.replace(second=10, microsecond=0) + timedelta(hours=1)
    monkeypatch.setattr("payments.views.receipts.timezone.now", lambda: clock)
    tried = [Client(REMOTE_ADDR="203.0.113.9").get(f"/verify/{code}/") for _ in range(4)]
    assert [answer.status_code for answer in tried] == [200, 200, 200, 429]
    assert tried[-1]["Retry-After"] == "50"
    assert Client(REMOTE_ADDR="203.0.113.10").get(f"/verify/{code}/").status_code == 200
