"""Whatever staff change in the back office leaves a row with what it was and what it became."""

import pytest
from django.contrib import admin
from django.contrib.auth.models import Group, Permission
from django.test import Client
from django.urls import reverse
from django_otp import DEVICE_ID_SESSION_KEY

from accounts.access.models import FactorDevice
from accounts.models import User
from core.audit.backoffice import HIDDEN, AuditedModelAdmin
from core.audit.models import Row
from tests.factories import access

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tests.audit.urls")]


@pytest.fixture
def boss():
    return User.objects.create_superuser("boss@bank.example", access.PASSWORD, full_name="Boss Zhao")


@pytest.fixture
def desk(boss):
    access.enrol_app(boss)
    browser = Client()
    browser.force_login(boss)
    session = browser.session
    session[DEVICE_ID_SESSION_KEY] = FactorDevice.objects.get(user=boss).persistent_id
    session.save()
    return browser


def rows(act):
    return list(Row.objects.filter(act=act).order_by("id"))


def test_every_class_of_the_admin_site_has_the_hooks():
    assert admin.site._registry
    bare = [str(model) for model, made in admin.site._registry.items() if not isinstance(made, AuditedModelAdmin)]
    assert bare == []


def test_adding_changing_and_removing_a_group_leaves_what_it_was_and_became(desk, boss):
    right = Permission.objects.get(codename="view_row")
    assert desk.post(reverse("trial:auth_group_add"), {"name": "night shift", "permissions": []}).status_code == 302
    group = Group.objects.get(name="night shift")
    url = reverse("trial:auth_group_change", args=[group.pk])
    assert desk.post(url, {"name": "late shift", "permissions": [right.pk]}).status_code == 302
    assert desk.post(reverse("trial:auth_group_delete", args=[group.pk]), {"post": "yes"}).status_code == 302
    added, changed, removed = rows("admin.group.added") + rows("admin.group.changed") + rows("admin.group.removed")
    assert (added.subject, added.before, added.after["name"]) == (f"auth.group:{group.pk}", None, "night shift")
    assert changed.before == {"name": "night shift", "permissions": []}
    assert changed.after["name"] == "late shift"
    assert "audit row" in changed.after["permissions"][0]
    assert removed.before["name"] == "late shift"
    assert {row.actor_id for row in (added, changed, removed)} == {boss.pk}
    assert {row.actor_label for row in (added, changed, removed)} == {"Boss Zhao"}
    assert all(row.reference and row.ip == "127.0.0.1" for row in (added, changed, removed))


def test_removing_many_at_once_leaves_a_row_for_each(desk):
    ids = [Group.objects.create(name=f"group {n}").pk for n in range(3)]
    form = {"action": "delete_selected", "_selected_action": ids, "post": "yes"}
    assert desk.post(reverse("trial:auth_group_changelist"), form).status_code == 302
    assert sorted(row.subject for row in rows("admin.group.removed")) == sorted(f"auth.group:{pk}" for pk in ids)


def test_what_staff_looked_at_but_did_not_change_leaves_nothing(desk):
    group = Group.objects.create(name="night shift")
    before = Row.objects.count()
    desk.get(reverse("trial:auth_group_change", args=[group.pk]))
    desk.get(reverse("trial:auth_group_changelist"))
    assert Row.objects.count() == before


@pytest.mark.parametrize("name", ["password", "new_password1", "api_token", "client_secret", "recovery_code"])
def test_secrets_never_enter_the_trail(name):
    made = AuditedModelAdmin(Group, admin.site)
    assert made._shown(name, "hunter2") == HIDDEN
    assert made._shown("name", "hunter2") == "hunter2"


# ── The trail as auditors read it ────────────────────────────────────────────


def test_auditors_read_and_filter_the_trail_but_nobody_edits_it(desk):
    desk.post(reverse("trial:auth_group_add"), {"name": "night shift", "permissions": []})
    page = desk.get(reverse("admin:audit_row_changelist"), {"act": "admin.group.added"})
    assert page.status_code == 200
    assert [row.act for row in page.context["cl"].result_list] == ["admin.group.added"]
    row = rows("admin.group.added")[0]
    assert "night shift" in desk.get(reverse("admin:audit_row_change", args=[row.pk])).content.decode()
    for url in (reverse("admin:audit_row_add"), reverse("admin:audit_row_delete", args=[row.pk])):
        assert desk.get(url).status_code == 403
    desk.post(reverse("admin:audit_row_change", args=[row.pk]), {"act": "nothing"})
    assert rows("admin.group.added")[0].after == row.after


def test_the_list_asks_a_bounded_number_of_questions(desk, django_assert_max_num_queries):
    for n in range(60):
        desk.post(reverse("trial:auth_group_add"), {"name": f"group {n}", "permissions": []})
    with django_assert_max_num_queries(12):
        assert desk.get(reverse("admin:audit_row_changelist")).status_code == 200
