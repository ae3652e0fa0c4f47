"""A paper of the bank shows whether it was changed, and does not leave unsigned when it should be signed."""

import contextlib
import io
import stat
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pypdf import PdfReader

from core.ui import signing, typesetting
from payments import queries
from portal import checks
from tests.factories import payments as make
from tests.payments.conftest import paid

NOW = datetime(2026, 11, 23, 4, 0, tzinfo=UTC)


@pytest.fixture
def seal(settings: Any, tmp_path: Path) -> Iterator[Path]:
    path = tmp_path / "seals" / "seal.pem"
    settings.PAPER_SEAL = str(path)
    settings.DEMO = False
    signing.make(path, now=timezone.now())
    yield path
    signing._signer.cache_clear()


@pytest.fixture(scope="module")
def pdf() -> bytes:
    from accounts.mydata import certifying

    values = {
        "lang": "zh", "bank": "明灯银行", "phone": "400", "demo": "", "title": "证明", "text": "原文", "why": "",
        "rows": [["一", "二"]], "printed": "今天",
    }  # fmt: skip
    return typesetting.pdf(template=certifying.TEMPLATE, name="certificate", values=values)


def test_a_signed_paper_is_genuine_and_reads_as_before(seal: Path, pdf: bytes) -> None:
    made = signing.signed(pdf, reason="T261123", now=timezone.now())
    found = signing.look(made)
    assert found.genuine
    assert "Lantern" in found.signer
    assert found.signed_at
    assert abs(found.signed_at - timezone.now()) < timedelta(minutes=5)
    assert made.startswith(pdf)  # the signature stands behind the paper and changes nothing in it
    assert "原文" in PdfReader(io.BytesIO(made)).pages[0].extract_text()
    assert b"/ETSI.CAdES.detached" in made


def test_each_changed_byte_is_seen(seal: Path, pdf: bytes) -> None:
    made = signing.signed(pdf, reason="T261123", now=timezone.now())
    for place in range(40, len(pdf), max(1, len(pdf) // 25)):
        changed = bytearray(made)
        changed[place] ^= 1
        with contextlib.suppress(ValueError):  # some are not even a PDF any more
            assert not signing.look(bytes(changed)).genuine, place
    assert not signing.look(made + b"\n% more\n").genuine


def test_a_paper_that_somebody_else_signed_is_not_ours(seal: Path, pdf: bytes, settings: Any, tmp_path: Path) -> None:
    other = tmp_path / "other.pem"
    signing.make(other, now=timezone.now())
    settings.PAPER_SEAL = str(other)
    made = signing.signed(pdf, reason="T1", now=timezone.now())
    settings.PAPER_SEAL = str(seal)
    found = signing.look(made)
    assert (found.signed, found.untouched, found.ours, found.genuine) == (True, True, False, False)


def test_without_a_usable_seal_nothing_that_should_be_signed_leaves(
    seal: Path, pdf: bytes, settings: Any, tmp_path: Path
) -> None:
    late = timezone.now() + timedelta(days=365 * signing.YEARS + 1)
    with pytest.raises(signing.NoSeal):
        signing.signed(pdf, reason="x", now=late)
    broken = tmp_path / "broken.pem"
    broken.write_text("-----BEGIN PRIVATE KEY-----\nnonsense\n")
    for path in (broken, tmp_path / "absent.pem"):
        settings.PAPER_SEAL = str(path)
        with pytest.raises(signing.NoSeal):
            signing.signed(pdf, reason="x", now=timezone.now())
        assert [one.id for one in checks.papers_can_be_signed(None)] == ["portal.E020"]
    settings.PAPER_SEAL = ""
    assert signing.signed(pdf, reason="x", now=timezone.now()) == pdf
    assert [one.id for one in checks.papers_can_be_signed(None)] == ["portal.E020"]


def test_the_check_warns_a_month_before_the_certificate_ends(seal: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert checks.papers_can_be_signed(None) == []
    end = timezone.now() + timedelta(days=365 * signing.YEARS)
    monkeypatch.setattr(checks.timezone, "now", lambda: end - timedelta(days=20))
    assert [one.id for one in checks.papers_can_be_signed(None)] == ["portal.W002"]


def test_a_seal_is_made_once_and_read_by_its_owner_alone(seal: Path) -> None:
    before = seal.read_bytes()
    out = io.StringIO()
    call_command("make_paper_seal", stdout=out)
    assert "stays as it is" in out.getvalue()
    assert seal.read_bytes() == before
    assert stat.S_IMODE(seal.stat().st_mode) == 0o600
    assert [path.name for path in seal.parent.iterdir()] == [seal.name]


def test_the_command_tells_genuine_changed_foreign_and_unsigned_apart(seal: Path, pdf: bytes, tmp_path: Path) -> None:
    made = signing.signed(pdf, reason="T1", now=timezone.now())
    file, out = tmp_path / "paper.pdf", io.StringIO()
    file.write_bytes(made)
    call_command("check_paper", str(file), stdout=out)
    assert out.getvalue().startswith("genuine")
    for content, words in ((made + b"%", "CHANGED"), (pdf, "not signed"), (b"hello", "no PDF")):
        file.write_bytes(content)
        with pytest.raises(CommandError, match=words):
            call_command("check_paper", str(file), stdout=out)


@pytest.mark.django_db
def test_a_receipt_leaves_signed(seal: Path, client: Client, now: datetime) -> None:
    two = make.pair(balance=1_000_00, now=now)
    transfer = queries.transfer_by_id(paid(two, 100_00, now))
    assert transfer
    client.force_login(two.payer.user)
    answer = client.get(reverse("receipt_pdf", args=[transfer.public_id]))
    assert signing.look(answer.content).genuine
