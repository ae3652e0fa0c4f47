"""Every movement has a receipt: on screen, on signed paper, and checked by whoever holds its code."""

import io
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pypdf
import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from core.ui import signing
from payments import movements
from payments.clearing.models import Payment
from payments.clearing.states import State
from payments.models import MovementPaper
from tests.factories import clearing
from tests.factories import payments as make
from tests.payments.conftest import paid

pytestmark = pytest.mark.django_db


@pytest.fixture
def now() -> datetime:
    return timezone.now()


@pytest.fixture(autouse=True)
def _seal(settings: Any, tmp_path: Path) -> Iterator[None]:
    """A seal of the bank's own, made for the test."""
    path = tmp_path / "seal.pem"
    signing.make(path, now=timezone.now())
    settings.PAPER_SEAL = str(path)
    signing._signer.cache_clear()
    yield
    signing._signer.cache_clear()


@pytest.fixture
def wang(now: datetime) -> clearing.Payer:
    return clearing.payer(now=now)


def signed_in(by: clearing.Payer) -> Client:
    client = Client()
    client.force_login(by.customer.user)  # type: ignore[arg-type]
    return client


def to(name: str, by: clearing.Payer, number: int) -> str:
    return reverse(name, args=[by.source.public_id, number])


def paper(client: Client, by: clearing.Payer, number: int, **posted: str) -> tuple[bytes, str]:
    """The paper of a movement after its button was pressed, and all it says."""
    led = client.post(to("movement_issue", by, number), posted)
    answer = client.get(led["Location"])
    assert answer["Content-Type"] == "application/pdf"
    read = pypdf.PdfReader(io.BytesIO(answer.content))
    assert len(read.pages) == 1
    return answer.content, "\n".join(page.extract_text() for page in read.pages)


def test_money_that_came_in_at_the_counter_has_a_receipt_with_entry_amount_and_the_balance_around_it(
    wang: clearing.Payer,
) -> None:
    client = signed_in(wang)
    shown = client.get(to("movement", wang, 1)).content.decode()
    entry = movements.movement_of(wang.source.pk, 1)
    assert entry is not None
    assert entry.before.minor == 0
    assert entry.after.minor == 10_000_00
    for expected in (f">{entry.entry_id}<", "10,000.00", "Balance before", "Balance after"):
        assert expected in shown, expected
    content, text = paper(client, wang, 1, balance="yes")
    assert signing.look(content).genuine
    for expected in (
        "电子回单",
        "Receipt of a movement",
        str(entry.entry_id),
        "¥10,000.00",
        "Balance after",
    ):
        assert expected in text, expected


def test_a_statement_line_leads_to_the_receipt_of_its_movement(wang: clearing.Payer) -> None:
    page = signed_in(wang).get(reverse("statement", args=[wang.source.public_id])).content.decode()
    assert to("movement", wang, 1) in page


def test_the_balance_stands_on_the_paper_only_where_its_holder_wants_it(wang: clearing.Payer) -> None:
    _content, text = paper(signed_in(wang), wang, 1)
    assert "Balance" not in text


def test_a_paper_of_an_interbank_payment_says_how_it_stood_and_its_public_page_how_it_stands_now(
    wang: clearing.Payer, now: datetime, tmp_path: Any
) -> None:
    clearing.fund_nostro(now)
    other, client = clearing.OtherSide(tmp_path), signed_in(wang)
    payment = clearing.accepted(wang, 100_00, now=now, memo="十一月货款")
    content, text = paper(client, wang, 2)
    assert signing.look(content).genuine
    for expected in ("李明", "6225 8801 1234 5678", payment.reference, "On its way to the other bank", "十一月货款"):
        assert expected in text, expected
    code = MovementPaper.objects.get().verification_code
    public = Client().get(reverse("verify_receipt", args=[code])).content.decode()
    assert "On its way to the other bank" in public
    for hidden in ("李明", "王小明", "6225880112345678", "十一月货款", "9,900"):
        assert hidden not in public, hidden
    assert payment.reference in public
    later = now + timedelta(minutes=1)
    other.round(later)
    other.put(other.returned(payment, now=later))
    other.round(later)
    assert Payment.objects.get().state == State.RETURNED
    public = Client().get(reverse("verify_receipt", args=[code])).content.decode()
    assert "Sent back by the other bank on" in public
    back = client.get(to("movement", wang, 3)).content.decode()  # the money that came back has its own receipt
    assert payment.reference in back


def test_the_same_movement_has_one_code_however_often_its_paper_is_asked_for(wang: clearing.Payer) -> None:
    client = signed_in(wang)
    first, second = (paper(client, wang, 1)[1] for _time in range(2))
    assert MovementPaper.objects.count() == 1
    groups = MovementPaper.objects.get().verification_code[:4]
    assert groups in first
    assert groups in second


def test_looking_at_a_receipt_or_for_a_paper_that_was_not_issued_writes_nothing(wang: clearing.Payer) -> None:
    client = signed_in(wang)
    assert client.get(to("movement", wang, 1)).status_code == 200
    assert client.get(to("movement_pdf", wang, 1))["Location"] == to("movement", wang, 1)
    assert not MovementPaper.objects.exists()


@pytest.mark.parametrize("name", ["movement", "movement_issue", "movement_pdf"])
def test_another_s_movement_and_one_that_is_not_there_do_not_exist(
    wang: clearing.Payer, now: datetime, name: str
) -> None:
    stranger = make.customer("李明", now=now)
    client = Client()
    client.force_login(stranger.user)  # type: ignore[arg-type]
    ask = client.post if name == "movement_issue" else client.get
    assert ask(to(name, wang, 1)).status_code == 404
    mine = signed_in(wang)
    ask = mine.post if name == "movement_issue" else mine.get
    for number in (0, 99, 2**63, 10**30):
        assert ask(to(name, wang, number)).status_code == 404
    assert not MovementPaper.objects.exists()


def test_a_transfer_leads_to_its_own_receipt_from_both_sides(now: datetime) -> None:

    two = make.pair(now=now)
    made = paid(two, 100_00, now)
    for who, account, number in ((two.payer, two.source, 2), (two.receiver, two.destination, 1)):
        client = Client()
        client.force_login(who.user)  # type: ignore[arg-type]
        answer = client.get(reverse("movement", args=[account.public_id, number]))
        assert answer["Location"] == reverse("receipt", args=[made])
