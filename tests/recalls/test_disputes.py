"""A movement that is not right goes to people: they see what was said and found, decide with a reason, book by two."""

import io
import uuid
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from PIL import Image

from accounts.freezing.models import Freeze
from accounts.inbox.models import Notice
from accounts.models import User
from core.outbox import Fact, relay
from core.reviews import services as desk
from core.reviews.models import Case
from core.reviews.subject import subject_of
from ledger.models import Entry
from payments.recalls import figures, queries
from payments.recalls.models import Dispute, Evidence
from payments.recalls.refusals import AlreadyOpen, Settled, TooOld
from payments.recalls.services import disputing
from tests.factories import changes as staff
from tests.factories import payments as money
from tests.factories import recalls as make
from tests.factories.desk import approver, monday_morning, teller  # noqa: F401 - fixtures

pytestmark = pytest.mark.django_db


@pytest.fixture
def agent(db: None) -> User:
    return staff.staff("service_agent", email="agent@bank.example")


def case_of(dispute: Dispute) -> Case:
    return Case.objects.get(subject=disputing.SUBJECT, subject_id=str(dispute.public_id))


def decide(dispute: Dispute, user: User, verdict: str, now: datetime, *reasons: str) -> None:
    case = case_of(dispute)
    desk.claim(public_id=case.public_id, user=user, now=now)
    case.refresh_from_db()
    desk.decide(
        public_id=case.public_id, user=user, verdict=verdict, reasons=reasons, note="looked at" if reasons else "",
        digest=desk.seen(case, checks=list(case.checks.all())), now=now,
    )  # fmt: skip
    relay.drain(now=now)
    dispute.refresh_from_db()


def picture(size: int = 700) -> io.BytesIO:
    data = io.BytesIO()
    Image.effect_noise((size, size), 90).convert("RGB").save(data, "JPEG")
    data.name = "bill.jpg"
    data.seek(0)
    return data


def test_a_disputed_movement_is_a_case_with_a_promised_date_and_what_the_machine_found(
    two: money.Pair, now: datetime
) -> None:
    make.paid(two, 100_00, now=now)
    make.paid(two, 100_00, now=now)
    dispute = make.disputed(two.payer, two.source, 3, about=Dispute.About.TWICE, now=now)
    case = case_of(dispute)
    assert dispute.promised_by == case.due_at
    assert f"{timezone.localtime(dispute.promised_by):%F %H:%M}" == "2026-11-26 23:59"  # days are promised, no minute
    found = {check.name: (check.outcome, check.evidence) for check in case.checks.all()}
    assert found["confirmed"] == ("pass", {"step_up": True, "channel": "online"})
    assert found["alike"] == ("warn", {"count": 1})
    assert Notice.objects.filter(user=two.payer.user, event="recalls.dispute").count() == 1


def test_the_desk_reads_the_customer_s_words_only_with_the_case_in_hand(two: money.Pair, now: datetime) -> None:
    dispute = make.disputed(two.payer, two.source, 1, words="My neighbour did it", now=now)
    room = subject_of(disputing.SUBJECT)

    def said(*, full: bool) -> str:
        shown = room.present(str(dispute.public_id), full=full)
        return " ".join(str(value) for section in shown.sections for _label, value in section.rows)

    assert "My neighbour did it" in said(full=True)
    assert "My neighbour did it" not in said(full=False)
    assert two.source.number not in said(full=True)


def test_a_refusal_is_told_with_its_reason_and_books_nothing(two: money.Pair, now: datetime, agent: User) -> None:
    make.paid(two, now=now)
    before = Entry.objects.count()
    dispute = make.disputed(two.payer, two.source, 2, now=now)
    decide(dispute, agent, "decline", now, "confirmed")
    assert dispute.state == Dispute.State.DECLINED
    notice = Notice.objects.filter(user=two.payer.user, event="recalls.dispute").latest("pk")
    assert "second step" in str(notice.texts if hasattr(notice, "texts") else notice.__dict__)
    assert Entry.objects.count() == before


def test_who_upholds_a_dispute_books_nothing_and_cannot_approve_their_own_booking(
    two: money.Pair, now: datetime, agent: User
) -> None:
    both = staff.staff("service_agent", "teller", email="both@bank.example")
    dispute = make.disputed(two.payer, two.source, 1, now=now)
    before = Entry.objects.count()
    decide(dispute, both, "approve", now)
    assert dispute.state == Dispute.State.UPHELD
    assert Entry.objects.count() == before
    payload = staff.entry(
        ("suspense:CNY", "debit", "10.00"), (_code(two), "credit", "10.00"), on=now.date(),
        narrative=f"Correction {dispute.reference}",
    )  # fmt: skip
    change = staff.ask("books.entry", payload, by=both, now=now)
    with pytest.raises(Exception):  # noqa: B017 - the desk has several ways to say no to one's own
        staff.decide(change, both, now=now)
    assert not queries.corrections_of(dispute)
    staff.decide(change, staff.staff("approver", email="second@bank.example"), now=now)
    staff.settle(change, now=now)
    assert [amount for _line, amount, _text in queries.corrections_of(dispute)] == [10_00]


def _code(two: money.Pair) -> str:
    return str(two.source.ledger_account.code)


def test_a_movement_is_disputed_once_at_a_time_by_its_holder_and_not_for_ever(
    two: money.Pair, now: datetime, agent: User
) -> None:
    dispute = make.disputed(two.payer, two.source, 1, now=now)
    with pytest.raises(AlreadyOpen):
        make.disputed(two.payer, two.source, 1, now=now)
    with pytest.raises(TooOld):
        make.disputed(two.payer, two.source, 1, now=now + timedelta(days=400))
    for _time in range(2):
        disputing.withdraw(customer=two.payer, dispute_id=dispute.public_id, now=now)
    assert case_of(dispute).state == "withdrawn"
    again = make.disputed(two.payer, two.source, 1, now=now)
    decide(again, agent, "decline", now, "merchant")
    with pytest.raises(Settled):
        disputing.withdraw(customer=two.payer, dispute_id=again.public_id, now=now)


def test_the_decision_is_taken_in_once_however_often_it_is_told(two: money.Pair, now: datetime, agent: User) -> None:
    dispute = make.disputed(two.payer, two.source, 1, now=now)
    decide(dispute, agent, "approve", now)
    ended = dispute.ended_at

    fact = Fact(
        id=1, kind="reviews.decided", created_at=now + timedelta(hours=1), now=now + timedelta(hours=1), owner="",
        payload={"subject": "dispute", "subject_id": str(dispute.public_id), "verdict": "decline", "case": "x"},
    )  # fmt: skip
    disputing.settle(fact)
    dispute.refresh_from_db()
    assert (dispute.state, dispute.ended_at) == (Dispute.State.UPHELD, ended)


class TestTheForm:
    """What a browser sends."""

    @pytest.fixture
    def client(self, two: money.Pair) -> Client:
        client = Client()
        client.force_login(two.payer.user)  # type: ignore[arg-type]
        return client

    @pytest.fixture
    def url(self, two: money.Pair) -> str:
        return reverse("dispute_new", args=[two.source.public_id, 1])

    def typed(self, **more: Any) -> dict[str, Any]:
        return {"key": str(uuid.uuid4()), "about": "not_mine", "words": "Never seen it", **more}

    def test_what_was_typed_stays_when_something_is_missing(self, client: Client, url: str) -> None:
        page = client.post(url, self.typed(about="amount", words="It should have been less")).content.decode()
        assert "It should have been less" in page
        assert "Enter the amount that would be right" in page
        assert not Dispute.objects.exists()

    def test_a_picture_is_kept_sealed_as_pixels_and_shown_to_the_desk(self, client: Client, url: str) -> None:
        client.post(url, self.typed(picture_1=picture()))
        kept = Evidence.objects.get()
        assert b"JFIF" not in bytes(kept.sealed)
        kind, content = subject_of("dispute").paper(str(kept.dispute.public_id), "1")
        assert (kind, content[6:10]) == ("image/jpeg", b"JFIF")

    def test_pictures_of_a_day_have_an_end_and_the_dispute_goes_without_them(
        self, client: Client, url: str, two: money.Pair
    ) -> None:
        earlier = make.disputed(two.payer, two.source, 1, now=timezone.now() - timedelta(hours=23))
        most = figures.most_evidence_a_day(timezone.now())
        Evidence.objects.bulk_create(
            Evidence(dispute=earlier, position=place, sealed=b"x", added_at=timezone.now() - timedelta(hours=23))
            for place in range(1, most + 1)
        )
        page = client.post(url, self.typed(picture_1=picture()))
        assert page.status_code == 200
        assert "within 24 hours, and these would be more. Nothing was sent." in page.content.decode()
        assert list(Dispute.objects.all()) == [earlier]
        assert client.post(url, self.typed()).status_code == 302
        Dispute.objects.exclude(pk=earlier.pk).update(state="withdrawn", ended_at=timezone.now())
        Evidence.objects.update(added_at=timezone.now() - timedelta(hours=25))
        assert client.post(url, self.typed(picture_1=picture())).status_code == 302

    def test_what_is_no_picture_is_refused_and_nothing_opened(self, client: Client, url: str) -> None:
        bad = io.BytesIO(b"%PDF-1.7 <script>")
        bad.name = "bill.jpg"
        page = client.post(url, self.typed(picture_1=bad))
        assert page.status_code == 200
        assert "Never seen it" in page.content.decode()
        assert not Dispute.objects.exists()

    def test_locking_the_access_with_it_ends_the_session_at_once(
        self, client: Client, url: str, two: money.Pair
    ) -> None:
        page = client.post(url, self.typed(freeze="on"))
        assert "Your access is locked" in page.content.decode()
        assert reverse("inbox") not in page.content.decode(), "the page is nobody's: no bell, no place of theirs"
        assert Dispute.objects.get().froze
        assert Freeze.objects.get(user=two.payer.user).cause == Freeze.Cause.MOVEMENT
        assert client.get(reverse("home")).status_code in {200, 302}
        assert client.get(reverse("accounts_overview")).status_code == 302

    def test_a_double_click_opens_one_case(self, client: Client, url: str) -> None:
        typed = self.typed()
        first, second = client.post(url, typed), client.post(url, typed)
        assert first["Location"] == second["Location"]
        assert Case.objects.filter(subject="dispute").count() == 1

    def test_another_s_movement_and_dispute_do_not_exist(self, two: money.Pair, url: str, now: datetime) -> None:
        dispute = make.disputed(two.payer, two.source, 1, now=now)
        stranger = Client()
        stranger.force_login(two.receiver.user)  # type: ignore[arg-type]
        assert stranger.get(url).status_code == 404
        assert stranger.post(url, self.typed()).status_code == 404
        assert stranger.get(reverse("dispute", args=[dispute.public_id])).status_code == 404
        assert stranger.post(reverse("dispute_withdraw", args=[dispute.public_id])).status_code == 404
        dispute.refresh_from_db()
        assert dispute.state == "open"
