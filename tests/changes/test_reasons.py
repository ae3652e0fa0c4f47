"""The words of a reason change when two people agree, and only to words a customer can use."""

from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.db import Error, transaction
from django.test import Client
from django.urls import reverse

from accounts.models import User
from core.audit.models import Row
from core.changes import errors, reasons
from core.changes.models import Change
from core.reviews import wording
from core.reviews.models import ReasonText
from core.reviews.services import wording as writing
from tests.factories import changes as make
from tests.factories import identity as people

pytestmark = pytest.mark.django_db
REASON = "identity/photo_unreadable"


def words(now: datetime, **texts: str) -> dict[str, str]:
    return {**make.words(REASON, since=now.date()), **texts}


def test_new_words_count_once_a_second_person_agrees_and_not_before(risk: User, approver: User, now: datetime) -> None:
    change = make.ask("review.reason", words(now), by=risk, now=now)
    assert not ReasonText.objects.filter(version=2).exists()
    make.decide(change, approver, now=now)
    change = make.settle(change, now=now)
    text = ReasonText.objects.get(subject="identity", code="photo_unreadable", version=2)
    assert (change.state, text.change, text.tells_zh) == (
        Change.State.APPLIED,
        change.public_id,
        "有一张照片看不清楚。",
    )
    row = Row.objects.get(act="reviews.reason_published")
    assert (row.before["version"], row.after["version"], row.actor_id) == (1, 2, risk.pk)


@pytest.mark.parametrize(
    ("typed", "field", "why"),
    [
        ({"tells_en": "Your score too low."}, "tells_en", "tells a customer nothing"),
        ({"advice_zh": "根据内部规定处理。"}, "advice_zh", "tells a customer nothing"),
        ({"tells_zh": "One photo is unclear."}, "tells_zh", "in Chinese"),
        ({"tells_en": "有一张照片看不清楚。"}, "tells_en", "in English"),
        ({"label_zh": " "}, "label_zh", "both languages"),
        ({"tells_en": "One photo\u202eis unclear."}, "tells_en", "one line"),
        ({"tells_en": "word " * 100}, "tells_en", "one line"),
        ({"code": "identity/nothing"}, "code", "no such reason"),
        ({"code": "nothing/at_all"}, "code", "no such reason"),
        ({"valid_from": "2026-11-22"}, "valid_from", "past"),
        ({"valid_from": "2028-01-01"}, "valid_from", "a year ahead"),
        ({"valid_to": "2026-11-22"}, "valid_to", "before the first"),
    ],
)
def test_what_a_customer_cannot_use_is_refused_at_its_field(
    typed: dict[str, str], field: str, why: str, risk: User, now: datetime
) -> None:
    with pytest.raises(errors.Refused, match=why) as refused:
        make.ask("review.reason", words(now, **typed), by=risk, now=now)
    assert refused.value.field == field
    assert not Change.objects.exists()


def test_the_words_that_stand_are_not_asked_for_again(risk: User, now: datetime) -> None:
    stands = {**words(now), **reasons.words_of(REASON)}
    writing.seed(now=now)
    with pytest.raises(errors.Refused, match="already"):
        make.ask("review.reason", stands, by=risk, now=now)


def test_an_approval_is_bound_to_the_words_that_were_seen_to_stand(risk: User, approver: User, now: datetime) -> None:
    change = make.ask("review.reason", words(now), by=risk, now=now)
    case = make.case_of(change)
    make.decide(change, approver, now=now)  # approved, and not yet carried out
    assert case.subject == "change"
    with pytest.raises(errors.AlreadyAsked):
        make.ask("review.reason", words(now, tells_en="Other words."), by=make.staff("risk_officer"), now=now)
    before = reasons.ReasonWords().digest(words(now))
    make.settle(change, now=now)
    assert reasons.ReasonWords().digest(words(now)) != before


def test_the_database_takes_no_words_that_nobody_agreed_on(risk: User, now: datetime) -> None:
    change = make.ask("review.reason", words(now), by=risk, now=now)
    for code in ("photo_unreadable", "photo_wrong"):
        with pytest.raises(Error, match="agreed on by nobody"), transaction.atomic():
            writing.publish(
                kind="identity", code=code, texts=make.words("", since=now.date()), valid_from=now.date(),
                valid_to=None, change=change.public_id, actor=risk, now=now,
            )  # fmt: skip
    assert not ReasonText.objects.filter(change__isnull=False).exists()


def test_from_the_list_to_the_form_to_the_wish(risk: User, client: Client, now: datetime) -> None:
    writing.seed(now=now)
    people.enter(client, risk)
    listed = client.get(reverse("admin:changes_reasons"))
    address = f"{reverse('admin:changes_ask', args=['review.reason'])}?code=identity/photo_unreadable"
    assert address in listed.content.decode()
    empty = client.get(reverse("admin:changes_ask", args=["review.reason"]))
    assert empty.url == reverse("admin:changes_reasons")  # which reason comes first
    form = client.get(address).context["form"]
    assert form["tells_zh"].value() == reasons.words_of(REASON)["tells_zh"]
    typed = {**words(now), "reason": "The old words were not understood.", "step": "look"}
    look = client.post(address, typed)
    assert "One photo is unclear." in look.content.decode()
    assert not Change.objects.exists()
    asked = client.post(address, {**dict(look.context["typed"]), "step": "ask"})
    change = Change.objects.get()
    assert asked.url == reverse("admin:changes_change", args=[change.public_id])
    assert (change.payload, change.reason) == (words(now), "The old words were not understood.")


@pytest.mark.parametrize(("role", "status"), [("approver", 200), ("auditor", 200), ("teller", 404), ("reviewer", 404)])
def test_who_asks_agrees_or_audits_reads_the_words(role: str, status: int, client: Client) -> None:
    people.enter(client, make.staff(role))
    assert client.get(reverse("admin:changes_reasons")).status_code == status


@pytest.mark.parametrize("published", [1, 3])
def test_the_list_of_words_costs_the_same_for_one_version_and_three(
    published: int,
    approver: User,
    risk: User,
    client: Client,
    now: datetime,
    unhurried: None,
    django_assert_num_queries: Any,
) -> None:
    writing.seed(now=now)
    for number in range(published):
        payload = words(now, tells_en=f"Words number {['one', 'two', 'three'][number]}.")
        make.carried_out("review.reason", payload, by=risk, approved_by=[approver], now=now)
    people.enter(client, risk)
    client.get(reverse("admin:changes_reasons"))
    wording.forget()
    with django_assert_num_queries(12):
        client.get(reverse("admin:changes_reasons"))


def test_a_reason_can_be_withdrawn_for_good(risk: User, approver: User, now: datetime) -> None:
    payload = make.words(REASON, since=now.date(), until=now.date())
    make.carried_out("review.reason", payload, by=risk, approved_by=[approver], now=now)
    codes = [
        {reason.code for reason in wording.reasons_of("identity", on=now.date() + timedelta(days=days))}
        for days in (0, 1)
    ]
    assert codes[0] - codes[1] == {"photo_unreadable"}
    assert date.fromisoformat(payload["valid_to"]) == now.date()
