"""Auditors find what they look for, and no search reads the whole trail."""

import json
import uuid
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection, transaction
from django.test import Client
from django.urls import reverse

from accounts.roles import Role
from core import audit
from core.audit import sealing, search
from core.audit.models import Row
from tests.factories import identity as desk

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 11, 20, 4, 0, tzinfo=UTC)  # noon in Shanghai


@pytest.fixture
def trail(now):
    zhou = desk.make_staff("zhou@bank.example", Role.REVIEWER, employee_number="LB7001")
    customer = desk.make_customer("lin@example.com", now=now)
    with transaction.atomic():
        audit.record(
            act="reviews.approved", subject="reviews.case:x", actor=zhou, after={"state": "approved"}, now=NOON
        )
        audit.record(act="reviews.declined", subject="reviews.case:y", actor=zhou, now=NOON + timedelta(days=1))
        audit.record(
            act="accounts.renamed", subject=customer, actor="system: test", before={"name": "a", "kept": 1},
            after={"name": "<b>", "kept": 1}, now=NOON + timedelta(hours=11, minutes=59),
        )  # fmt: skip
    return customer


def found(typed):
    return sorted(Row.objects.filter(search.condition(typed)).values_list("act", flat=True))


@pytest.mark.parametrize(
    ("typed", "acts"),
    [
        ("reviews.", ["reviews.approved", "reviews.declined"]),
        ("reviews.approved", ["reviews.approved"]),
        ("2026-11-20", ["accounts.renamed", "reviews.approved"]),
        ("2026-11-21", ["reviews.declined"]),
        ("2026-11-19..2026-11-21 reviews.", ["reviews.approved", "reviews.declined"]),
        ("zhou@bank.example", ["reviews.approved", "reviews.declined"]),
        ("ZHOU@bank.example 2026-11-21", ["reviews.declined"]),
        ("LB7001 reviews.approved", ["reviews.approved"]),
        ("reviews.case:x", ["reviews.approved"]),
        ("2026-11-31", []),
        ("9999-12-31", []),
        ("#99999999999999999999", []),
        ("nobody@bank.example", []),
        ("%%%", []),
        ("'; --", []),
        ("10.0.0.1", []),
    ],
)
def test_words_narrow_the_trail_down(trail, typed, acts):
    assert [act for act in found(typed) if not act.startswith("access.")] == acts


def test_a_record_is_found_by_its_public_id_alone(trail):
    assert "accounts.renamed" in found(str(trail.public_id))
    assert found(str(uuid.uuid4())) == []


def test_every_search_goes_by_an_index(trail):
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        for typed in ("reviews.", "reviews.approved", "2026-11-20", "zhou@bank.example", str(uuid.uuid4())):
            sql, params = Row.objects.filter(search.condition(typed)).query.sql_with_params()
            cursor.execute(f"EXPLAIN (FORMAT JSON) {sql}", params)
            answer = cursor.fetchone()[0]
            plan = answer if isinstance(answer, str) else json.dumps(answer)
            assert "Seq Scan" not in plan, typed


def test_the_page_of_an_act_shows_both_sides_as_text_and_its_place_in_the_chain(trail):
    auditor = desk.enter(Client(headers={"accept-language": "en"}), desk.make_staff("a@bank.example", Role.AUDITOR))
    row = Row.objects.get(act="accounts.renamed")
    url = reverse("admin:audit_row_change", args=[row.pk])
    page = auditor.get(url).content.decode()
    assert "&lt;b&gt;" in page
    assert "<b>" not in page
    assert page.index("<strong>name</strong>") < page.index("kept")
    assert "Waits for its seal" in page
    sealing.seal_waiting()
    assert "Sealed at position" in auditor.get(url).content.decode()


def test_the_list_is_searched_on_its_page(trail):
    auditor = desk.enter(Client(), desk.make_staff("a@bank.example", Role.AUDITOR))
    listed = auditor.get(reverse("admin:audit_row_changelist"), {"q": "reviews.approved"}).content.decode()
    assert "reviews.case:x" in listed
    assert "reviews.case:y" not in listed
