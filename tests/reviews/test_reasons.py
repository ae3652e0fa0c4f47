"""Reasons are codes in the rooms and words in the database: what somebody was told stays what they were told."""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.db import Error, connection, transaction
from django.test import Client
from django.urls import reverse
from django.utils import translation

from accounts.inbox.models import Notice
from accounts.models import Customer, User
from core.audit.models import Row
from core.outbox.relay import drain
from core.reviews import errors, plainness, wording
from core.reviews import services as desk
from core.reviews.models import Case, Decision, ReasonText
from core.reviews.services import wording as writing
from core.reviews.subject import kinds, subject_of
from tests.factories import changes as change
from tests.factories import identity as make
from tests.factories.reviews import World, open_matter

pytestmark = pytest.mark.django_db
OnDesk = Callable[..., Case]
WORDS = change.words("", since=date(2026, 11, 23))


def publish(code: str, *, now: datetime, kind: str = "identity", since: date | None = None, **how: Any) -> ReasonText:
    """Let two people give a reason new words."""
    asker, approver = change.staff("risk_officer"), change.staff("approver")
    payload = change.words(f"{kind}/{code}", since=since or now.date(), **how)
    made = change.carried_out("review.reason", payload, by=asker, approved_by=[approver], now=now)
    assert made.state == "applied", made.outcome
    return ReasonText.objects.get(change=made.public_id)


def decline(case: Case, user: User, code: str, *, now: datetime) -> Decision:
    return make.decide_now(case, user, "decline", now=now, reasons=[code]).decision


def said(kind: str, subject_id: str) -> dict[str, list[str]]:
    found = {}
    for language in ("zh-hans", "en"):
        with translation.override(language):
            found[language] = [str(reason.tells) for reason in desk.told(kind, subject_id)]
    return found


def test_every_reason_a_room_declares_stands_in_the_table_in_both_languages() -> None:
    writing.seed(now=datetime.fromisoformat("2026-11-23T10:00+08:00"))
    declared = {(kind, reason.code) for kind in kinds() for reason in subject_of(kind).reasons()}
    assert declared
    assert declared == set(ReasonText.objects.values_list("subject", "code"))


def test_no_reason_says_what_customers_are_never_told() -> None:
    writing.seed(now=datetime.fromisoformat("2026-11-23T10:00+08:00"))
    for text in ReasonText.objects.all():
        for name in writing.TEXTS:
            words, language = getattr(text, name), name.rpartition("_")[2]
            assert not words or plainness.in_its_language(words, language), (text, name)
            assert plainness.never_written(words, language) == [], (text, name)
            assert plainness.one_line(words), (text, name)


def test_seeding_twice_changes_nothing_and_takes_a_releases_new_words_but_never_peoples(
    monkeypatch: pytest.MonkeyPatch, now: datetime
) -> None:
    writing.seed(now=now)
    assert writing.seed(now=now) == 0
    publish("photo_unreadable", now=now)
    assert writing.seed(now=now) == 0
    assert ReasonText.objects.filter(subject="identity", code="photo_unreadable").count() == 2


def test_what_somebody_was_told_stays_when_the_words_change(
    customer: Customer, reviewer: User, on_desk: OnDesk, now: datetime
) -> None:
    case = on_desk(customer)
    before = decline(case, reviewer, "photo_unreadable", now=now)
    told = said("identity", case.subject_id)
    publish("photo_unreadable", now=now)
    assert before.reason_versions == [1]
    assert said("identity", case.subject_id) == told
    assert told["zh-hans"] != [WORDS["tells_zh"]]
    other = make.make_customer("other@example.com", now=now)
    later = on_desk(other, person=make.born(44, now=now))
    assert decline(later, reviewer, "photo_unreadable", now=now).reason_versions == [2]
    assert said("identity", later.subject_id) == {"zh-hans": [WORDS["tells_zh"]], "en": [WORDS["tells_en"]]}
    row = Row.objects.filter(act="reviews.declined").latest("id")
    assert (row.after["reasons"], row.after["versions"]) == (["photo_unreadable"], [2])


def test_the_message_and_the_page_of_the_customer_give_the_words_of_the_decision(
    client: Client, customer: Customer, reviewer: User, on_desk: OnDesk, now: datetime
) -> None:
    english = "One photo {{ settings.SECRET_KEY }}{% load static %} <b>is unclear</b>."
    template = "有一张照片 {{ settings.SECRET_KEY }}{% load static %} <b>看不清</b>。"
    publish(
        "photo_unreadable",
        now=now,
        tells_zh=template,
        tells_en=english,
    )
    case = on_desk(customer)
    decline(case, reviewer, "photo_unreadable", now=now)
    drain(now=now)
    publish("photo_unreadable", now=now, tells_en="A later version.")
    letter = Notice.objects.get(user=customer.user, event="identity.declined")
    assert template in letter.texts["zh-hans"]["body"]  # words are words: nothing in them is carried out
    client.force_login(customer.user)
    page = client.get(reverse("identity_status")).content.decode()
    assert "{{ settings.SECRET_KEY }}{% load static %} &lt;b&gt;" in page
    assert "A later version." not in page


def test_words_for_a_later_day_wait_and_a_withdrawn_reason_is_no_longer_given(
    matters: World, reviewer: User, now: datetime
) -> None:
    today = now.date()
    publish("no", kind="matter", now=now, since=today + timedelta(days=1), until=today + timedelta(days=2))
    reasons = [wording.reasons_of("matter", on=today + timedelta(days=days)) for days in range(4)]
    with translation.override("en"):
        assert [[str(reason.tells) for reason in found if reason.code == "no"] for found in reasons] == [
            ["It is no."], [WORDS["tells_en"]], [WORDS["tells_en"]], [],
        ]  # fmt: skip
    assert decline(open_matter("1", now=now), reviewer, "no", now=now).reason_versions == [1]
    with pytest.raises(errors.UnknownReason):
        decline(open_matter("2", now=now), reviewer, "no", now=now + timedelta(days=3))
    assert not Decision.objects.filter(case__subject_id="2").exists()


def test_a_decision_from_before_there_were_versions_reads_as_the_first(
    matters: World, reviewer: User, now: datetime
) -> None:
    case = open_matter(now=now)
    desk.claim(public_id=case.public_id, user=reviewer, now=now)
    with transaction.atomic(), connection.cursor() as cursor:  # as code of the last release writes it
        cursor.execute(
            "INSERT INTO reviews_decision (case_id, step, reviewer_id, verdict, reasons, note, digest, decided_at)"
            " VALUES (%s, 1, %s, 'decline', '{no}', 'as before', repeat('0', 64), %s)",
            [case.pk, reviewer.pk, now],
        )
        cursor.execute(
            "UPDATE reviews_case SET state = 'declined', holder_id = NULL, claimed_at = NULL, closed_at = %s"
            " WHERE id = %s",
            [now, case.pk],
        )
    publish("no", kind="matter", now=now)
    assert said("matter", "1")["en"] == ["It is no."]


@pytest.mark.parametrize("versions", ["{7}", "{1,1}"])
def test_the_database_takes_no_decision_with_words_that_do_not_exist(
    versions: str, matters: World, reviewer: User, now: datetime
) -> None:
    case = open_matter(now=now)
    publish("no", kind="matter", now=now)
    desk.claim(public_id=case.public_id, user=reviewer, now=now)
    with pytest.raises(Error, match="versions that exist"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO reviews_decision"
            " (case_id, step, reviewer_id, verdict, reasons, note, digest, decided_at, reason_versions)"
            " VALUES (%s, 1, %s, 'decline', '{no}', 'x', repeat('0', 64), %s, %s)",
            [case.pk, reviewer.pk, now, versions],
        )


@pytest.mark.as_owner
@pytest.mark.parametrize("sql", ["UPDATE reviews_reasontext SET tells_zh = 'x'", "DELETE FROM reviews_reasontext"])
def test_not_even_the_owner_of_the_tables_rewords_what_was_told(sql: str, now: datetime) -> None:
    publish("photo_unreadable", now=now)
    with pytest.raises(Error, match="add a version"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(sql)


def test_the_portal_itself_adds_no_version_without_two_people(now: datetime) -> None:
    text = publish("photo_unreadable", now=now)
    fields = {name: getattr(text, name) for name in writing.TEXTS}
    for version, why in ((text.version + 1, "two people"), (text.version + 2, "follow one another")):
        with pytest.raises(Error, match=why), transaction.atomic():
            ReasonText.objects.create(
                subject="identity", code="photo_unreadable", version=version, verdicts=["decline"],
                valid_from=now.date(), added_at=now, **fields,
            )  # fmt: skip
