"""What each role may do with each kind of record in the back office is what the written matrix says."""

import re
from datetime import datetime
from typing import Any

import pytest
from django.contrib import admin
from django.test import RequestFactory
from django.urls import reverse

from accounts.roles import Role
from portal import places
from tests.factories import identity as desk
from tests.factories import payments as money
from tests.factories import recalls, schedules

pytestmark = pytest.mark.django_db


def registered() -> dict[str, Any]:
    return {model._meta.label: shown for model, shown in admin.site._registry.items()}


def test_every_kind_of_record_stands_in_the_matrix_and_nothing_else_does() -> None:
    assert set(registered()) == set(places.back_office())


@pytest.mark.parametrize("role", list(Role))
def test_a_role_may_do_what_the_matrix_says_and_no_more(role: Role) -> None:
    request = RequestFactory().get("/")
    request.user = desk.make_staff(f"{role.value}@example.com", role.value)
    for label, shown in registered().items():
        written = places.back_office()[label]
        for right in ("view", "add", "change", "delete"):
            really = getattr(shown, f"has_{right}_permission")(request)
            assert really == (role.value in getattr(written, right)), f"{label}: {right}"
        if role.value in written.view:
            actions = frozenset(shown.get_actions(request))
            assert actions <= written.actions, f"{label}: {sorted(actions)}"


def test_nothing_is_deleted_in_the_back_office() -> None:
    assert [records.model for records in places.back_office().values() if records.delete] == []


def test_no_list_deletes_many_at_once() -> None:
    assert [records.model for records in places.back_office().values() if "delete_selected" in records.actions] == []


@pytest.mark.parametrize("role", list(Role))
def test_the_lists_open_for_those_roles_alone(role: Role, client: Any) -> None:
    desk.enter(client, desk.make_staff(f"{role.value}@example.com", role.value))
    for label, shown in registered().items():
        meta = shown.model._meta
        if f"admin:{meta.app_label}_{meta.model_name}_changelist" == "admin:reviews_case_changelist":
            continue  # the desk is a place of its own: portal/places.csv
        answer = client.get(reverse(f"admin:{meta.app_label}_{meta.model_name}_changelist"))
        assert (answer.status_code == 200) == (role.value in places.back_office()[label].view), label


@pytest.mark.parametrize("role", list(Role))
def test_a_record_links_to_others_only_where_the_reader_may_open_them(role: Role, client: Any, now: datetime) -> None:
    two = money.pair(balance=5_000_00, now=now)
    recall = recalls.asked(two, recalls.paid(two, now=now), now=now)
    desk.enter(client, desk.make_staff(f"{role.value}@example.com", role.value))
    named = 0
    for row in (recall, recall.transfer, schedules.one_of(two, now=now), money.held(two, now=now)):
        meta = row._meta
        if role.value not in places.back_office()[meta.label].view:
            continue
        page = client.get(reverse(f"admin:{meta.app_label}_{meta.model_name}_change", args=[row.pk])).content.decode()
        assert not re.search(r"[:：]\s*</label>", page), f"{meta.label}: a colon after a name"
        for link in re.findall(r'class="readonly"><a href="([^"]+)"', page):
            assert client.get(link).status_code == 200, f"{meta.label}: {link}"
        if meta.label == "recalls.Recall":
            assert recall.transfer.reference in page  # named, linked or not
        named += 1
    assert bool(named) == (role in {Role.TELLER, Role.RISK_OFFICER, Role.AUDITOR})
