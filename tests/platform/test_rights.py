"""What each staff role may do in the back office beside the desk."""

import pytest
from django.contrib.auth.models import Permission
from django.test import Client

from accounts.roles import Role
from portal import rights
from tests.factories import identity as desk

pytestmark = pytest.mark.django_db

LISTS = {
    "/admin/audit/row/": {Role.AUDITOR},
    "/admin/policy/figure/": {
        Role.AUDITOR,
        Role.ADMINISTRATOR,
        Role.APPROVER,
        Role.PRODUCT_MANAGER,
        Role.RISK_OFFICER,
    },
    "/admin/outbox/delivery/": {Role.AUDITOR, Role.ADMINISTRATOR},
    "/admin/intake/run/": {Role.AUDITOR, Role.ADMINISTRATOR},
    "/admin/payments/transfer/": {Role.AUDITOR},
    "/admin/accounts/customer/": {Role.REVIEWER, Role.APPROVER, Role.AUDITOR},
}


@pytest.mark.parametrize("role", list(Role))
def test_a_role_sees_its_own_lists_and_no_others(role: Role, client: Client) -> None:
    desk.enter(client, desk.make_staff(f"{role}@example.com", role))
    for path, allowed in LISTS.items():
        assert client.get(path).status_code == (200 if role in allowed else 403), path


def test_a_right_that_is_not_listed_is_taken_away() -> None:
    user = desk.make_staff("m@example.com", Role.REVIEWER)
    user.groups.get().permissions.add(Permission.objects.get(codename="view_row"))
    rights.give()
    assert user.groups.get().permissions.count() == 0


@pytest.mark.parametrize(
    "path",
    ["/admin/mfa/authenticator/", "/admin/account/emailaddress/", "/admin/accounts/user/", "/admin/auth/group/"],
)
def test_nobody_edits_what_proves_who_somebody_is(path: str, client: Client) -> None:
    """Factors, addresses, sign-ins and what a role may do: the back office has no page for them."""
    desk.enter(client, desk.make_staff("root@example.com", *Role, is_superuser=True))
    assert client.get(path).status_code == 404
