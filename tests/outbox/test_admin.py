"""Parked deliveries are seen by staff, who may try them again."""

import pytest
from django.contrib.auth.models import Permission
from django.test import Client
from django.urls import reverse
from django_otp import DEVICE_ID_SESSION_KEY

from accounts.access.models import FactorDevice
from core import outbox
from core.audit.models import Row
from core.outbox import relay
from core.outbox.models import Delivery
from tests.factories import access

pytestmark = pytest.mark.django_db


def desk_of(user):
    access.enrol_app(user)
    browser = Client()
    browser.force_login(user)
    session = browser.session
    session[DEVICE_ID_SESSION_KEY] = FactorDevice.objects.get(user=user).persistent_id
    session.save()
    browser.cookies["django_language"] = "en"
    return browser


def staff(*rights):
    user = access.person(f"{'-'.join(rights) or 'none'}@bank.example", staff=True)
    user.user_permissions.set(Permission.objects.filter(content_type__app_label="outbox", codename__in=rights))
    return user


@pytest.fixture
def parked(board, now):
    outbox.record(kind="test.poison", payload={"x": "<b>"}, owner="x:1", now=now)
    relay.drain(now=now)
    Delivery.objects.filter(handler__endswith="poison").update(state="parked", attempts=5)
    return Delivery.objects.get(state="parked")


def test_a_parked_delivery_is_listed_with_its_error_and_opened_with_its_button(parked):
    desk = desk_of(staff("view_delivery", "change_delivery"))
    listed = desk.get(reverse("admin:outbox_delivery_changelist"), {"state__exact": "parked"}).content.decode()
    assert "cannot digest this" in listed
    opened = desk.get(reverse("admin:outbox_delivery_change", args=[parked.pk])).content.decode()
    assert "Try again" in opened
    assert "<b>" not in opened.split("<main")[-1].split("&lt;b&gt;")[0][-40:]
    assert "&quot;x&quot;: &quot;&lt;b&gt;&quot;" in opened, "the content reads as JSON"
    assert "+00:00" not in opened.split("<main")[-1], "times are the bank's, not the machine's"


def test_the_button_puts_it_on_its_way_again_once_and_leaves_an_audit_row(parked):
    user = staff("view_delivery", "change_delivery")
    desk = desk_of(user)
    url = reverse("admin:outbox_delivery_try_again", args=[parked.pk])
    assert desk.get(url).status_code == 405
    for _press in range(2):
        assert desk.post(url).status_code == 302
    parked.refresh_from_db()
    assert (parked.state, parked.attempts) == ("pending", 0)
    assert list(Row.objects.filter(act="outbox.delivery.tried_again").values_list("actor_id", flat=True)) == [user.pk]


def test_many_are_tried_again_at_once_and_those_not_parked_are_left_alone(parked):
    desk = desk_of(staff("view_delivery", "change_delivery"))
    form = {"action": "try_again", "_selected_action": list(Delivery.objects.values_list("pk", flat=True))}
    assert desk.post(reverse("admin:outbox_delivery_changelist"), form).status_code == 302
    assert set(Delivery.objects.values_list("state", flat=True)) == {"pending", "done"}
    assert Row.objects.filter(act="outbox.delivery.tried_again").count() == 1


def test_who_may_only_look_sees_no_button_and_cannot_press_it(parked):
    desk = desk_of(staff("view_delivery"))
    opened = desk.get(reverse("admin:outbox_delivery_change", args=[parked.pk]))
    assert opened.status_code == 200
    assert "try-again" not in opened.content.decode()
    assert desk.post(reverse("admin:outbox_delivery_try_again", args=[parked.pk])).status_code == 403
    assert Delivery.objects.get(pk=parked.pk).state == "parked"


def test_nobody_edits_or_removes_a_delivery_by_hand(parked):
    desk = desk_of(staff("view_delivery", "change_delivery", "delete_delivery"))
    desk.post(reverse("admin:outbox_delivery_change", args=[parked.pk]), {"state": "done"})
    assert Delivery.objects.get(pk=parked.pk).state == "parked"
    assert desk.get(reverse("admin:outbox_delivery_delete", args=[parked.pk])).status_code == 403
