"""Who did what: written with the act, by everyone, and never altered."""

import pytest
from django.db import ProgrammingError, connection, transaction
from django.test import RequestFactory

from accounts.models import User
from core import audit
from core.audit import middleware
from core.audit.context import Origin, origin
from core.audit.models import Row


def last_row():
    return Row.objects.latest("id")


def rows():
    return Row.objects.filter(act__startswith="test.").order_by("id")


@pytest.fixture
def clerk(db):
    return User.objects.create_user("clerk@bank.example", "x", full_name="Clerk Wang", is_staff=True)


def test_a_row_says_who_what_to_which_and_from_where(clerk, now):
    with origin(Origin(reference="K7QF-3MPD", ip="203.0.113.9", person=lambda: clerk)):
        audit.record(
            act="test.done", subject=clerk, before={"a": 1}, after={"a": now}, reason="because\nof it", now=now
        )
    row = last_row()
    assert (row.act, row.subject) == ("test.done", f"accounts.user:{clerk.public_id}")
    assert (row.actor_id, row.actor_label) == (clerk.pk, "Clerk Wang")
    assert (row.before, row.after, row.reason) == ({"a": 1}, {"a": now.isoformat()}, "because\nof it")
    assert (row.ip, row.reference, row.acted_at) == ("203.0.113.9", "K7QF-3MPD", now)


@pytest.mark.django_db
def test_an_act_of_nobody_known_is_kept_as_unknown_and_of_the_system_by_its_name(now):
    audit.record(act="test.done", subject="thing:1", now=now)
    audit.record(act="test.done", subject="thing:2", actor="system: nightly close", now=now)
    assert list(rows().values_list("actor_id", "actor_label")) == [
        (None, "unknown"),
        (None, "system: nightly close"),
    ]


@pytest.mark.django_db(transaction=True)
def test_an_act_cannot_be_recorded_outside_its_transaction(now):
    with pytest.raises(audit.NotInTransaction):
        audit.record(act="test.done", subject="thing:1", now=now)
    assert not rows().exists()


REFUSED_TO_ALL = [
    "UPDATE audit_row SET reason = 'another'",
    "DELETE FROM audit_row",
    "UPDATE audit_seal SET position = 5",
    "DELETE FROM audit_seal",
]


@pytest.mark.django_db
@pytest.mark.parametrize("statement", [*REFUSED_TO_ALL, "TRUNCATE audit_row", "TRUNCATE audit_seal"])
def test_the_application_may_not_change_or_delete_a_row(statement, now):
    audit.record(act="test.done", subject="thing:1", now=now)
    with pytest.raises(ProgrammingError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)
    assert last_row().reason == ""


@pytest.mark.django_db
@pytest.mark.parametrize("statement", REFUSED_TO_ALL)
def test_even_the_owner_of_the_tables_may_not_change_or_delete_a_row(statement, now):
    audit.record(act="test.done", subject="thing:1", now=now)
    with connection.cursor() as cursor:
        cursor.execute("RESET ROLE")
    with pytest.raises(ProgrammingError, match="never changed"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)
    assert last_row().reason == ""


def test_every_request_has_a_reference_of_its_own_in_answer_and_trail(clerk, now):
    seen = []

    def view(request):
        from django.http import HttpResponse

        request.user = clerk
        audit.record(act="test.done", subject="thing:1", now=now)
        seen.append(request.reference)
        return HttpResponse("ok")

    ask = middleware.RequestReference(view)
    answers = [ask(RequestFactory().get("/", REMOTE_ADDR="203.0.113.9"))[middleware.HEADER] for _ in range(2)]
    assert answers == seen
    assert answers[0] != answers[1]
    assert list(rows().values_list("reference", "ip", "actor_id")) == [
        (answer, "203.0.113.9", clerk.pk) for answer in answers
    ]


@pytest.mark.parametrize(
    ("proxies", "forwarded", "address"),
    [
        (0, "198.51.100.7", "203.0.113.9"),
        (1, "198.51.100.7", "198.51.100.7"),
        (1, "6.6.6.6, 198.51.100.7", "198.51.100.7"),
        (2, "6.6.6.6, 198.51.100.7, 10.0.0.1", "198.51.100.7"),
        (1, "not an address", None),
        (1, "", "203.0.113.9"),
    ],
)
def test_a_forged_forwarding_header_does_not_change_the_address(settings, proxies, forwarded, address):
    settings.TRUSTED_PROXY_COUNT = proxies
    request = RequestFactory().get("/", REMOTE_ADDR="203.0.113.9", HTTP_X_FORWARDED_FOR=forwarded)
    assert middleware.client_ip(request) == address
