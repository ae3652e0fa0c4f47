"""With two hosts the back office does not exist where customers are, nor their portal where the staff is."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.checks import run_checks
from django.test import Client
from django.urls import reverse

from portal import hosts, places
from portal.hosts import Side
from tests.factories import identity as desk

CUSTOMERS, STAFF = "bank.example", "desk.bank.example"
ROOT = Path(__file__).resolve().parent.parent.parent


@pytest.fixture
def two_hosts(settings: Any) -> None:
    settings.CUSTOMER_HOST, settings.STAFF_HOST, settings.ALLOWED_HOSTS = CUSTOMERS, STAFF, [CUSTOMERS, STAFF]


def addresses(side: Side) -> Iterator[tuple[str, str]]:
    """Routes of one side that name no record, with their addresses."""
    for one in places.addresses():
        if not one.parameters and hosts.side(one.route) is side:
            yield one.route, reverse(one.route)


def test_every_place_of_staff_alone_or_customers_alone_is_on_that_side() -> None:
    for route, place in places.declared().items():
        roles = place.open_to & (hosts.STAFF_WORDS | hosts.CUSTOMER_WORDS)
        if roles != place.open_to:
            assert hosts.side(route) is Side.BOTH or route.startswith(("admin:", "staff_")), route
        elif not place.open_to & hosts.CUSTOMER_WORDS:
            assert hosts.side(route) is Side.STAFF, route
        elif not place.open_to & hosts.STAFF_WORDS:
            assert hosts.side(route) is Side.CUSTOMERS, route


@pytest.mark.django_db
@pytest.mark.usefixtures("two_hosts")
def test_on_the_customers_host_no_place_of_the_staff_exists_for_anybody() -> None:
    officer = desk.enter(Client(), desk.make_staff("a@example.com", "administrator", "manager", "reviewer", "auditor"))
    found = [
        f"{route}: {answer.status_code}"
        for route, url in addresses(Side.STAFF)
        if (answer := officer.get(url, headers={"host": CUSTOMERS})).status_code != 404
    ]
    assert found == []
    assert officer.get("/admin/accounts/customer/1/", headers={"host": CUSTOMERS}).status_code == 404
    assert officer.get(reverse("admin:index"), headers={"host": STAFF}).status_code == 200
    assert officer.get(reverse("managers"), headers={"host": f"{STAFF}:443"}).status_code == 200


@pytest.mark.django_db
@pytest.mark.usefixtures("two_hosts")
def test_on_the_staffs_host_no_place_of_customers_exists(now: Any) -> None:
    client = desk.enter(Client(), desk.make_customer(now=now, standing="verified", verified_at=now).user)
    found = [
        f"{route}: {answer.status_code}"
        for route, url in addresses(Side.CUSTOMERS)
        if (answer := client.get(url, headers={"host": STAFF})).status_code != 404
    ]
    assert found == []
    assert client.get(reverse("payees"), headers={"host": CUSTOMERS}).status_code == 200


@pytest.mark.django_db
@pytest.mark.usefixtures("two_hosts")
def test_signing_in_is_on_both_hosts_and_a_third_host_is_refused() -> None:
    for host in (CUSTOMERS, STAFF):
        assert Client().get(reverse("account_login"), headers={"host": host}).status_code == 200
    assert Client().get(reverse("account_login"), headers={"host": "other.example"}).status_code == 400


@pytest.mark.django_db
def test_with_one_host_everything_is_on_it() -> None:
    officer = desk.enter(Client(), desk.make_staff("a@example.com", "administrator"))
    assert officer.get(reverse("admin:index")).status_code == 200


@pytest.mark.parametrize(
    ("customers", "staff", "refused"),
    [("", "", False), (CUSTOMERS, STAFF, False), (CUSTOMERS, "", True), ("", STAFF, True), (STAFF, STAFF, True)],
)
def test_one_host_without_the_other_or_one_for_both_is_refused(
    customers: str, staff: str, refused: bool, settings: Any
) -> None:
    settings.CUSTOMER_HOST, settings.STAFF_HOST = customers, staff
    assert ("portal.E021" in [message.id for message in run_checks(tags=["security"])]) is refused


def test_the_cookies_of_the_hosts_are_apart_and_no_third_host_is_allowed() -> None:
    """No cookie names a domain, each begins with __Host-: a browser brings none of them to the other host."""
    names = """
        ALLOWED_HOSTS CSRF_TRUSTED_ORIGINS SESSION_COOKIE_NAME CSRF_COOKIE_NAME SESSION_COOKIE_DOMAIN
        CSRF_COOKIE_DOMAIN SESSION_COOKIE_PATH CSRF_COOKIE_PATH LANGUAGE_COOKIE_DOMAIN STAFF_URL
    """
    code = (
        "import json; from django.conf import settings as s; "
        f"print(json.dumps({{n: getattr(s, n) for n in {names.split()!r}}}))"
    )
    left_out = {"PORTAL_DEMO", "PORTAL_HTTPS", "DJANGO_ALLOWED_HOSTS", "DJANGO_CSRF_TRUSTED_ORIGINS"}
    env = {name: value for name, value in os.environ.items() if name not in left_out} | {
        "PORTAL_CUSTOMER_HOST": CUSTOMERS, "PORTAL_STAFF_HOST": STAFF, "PORTAL_PUBLIC_URL": f"https://{CUSTOMERS}",
        "DJANGO_SETTINGS_MODULE": "portal.settings.base", "DJANGO_ALLOWED_HOSTS": "anything.example",
    }  # fmt: skip
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, env=env, capture_output=True, text=True, check=True)
    found = json.loads(done.stdout)
    assert found["ALLOWED_HOSTS"] == [CUSTOMERS, STAFF]
    assert found["CSRF_TRUSTED_ORIGINS"] == [f"https://{CUSTOMERS}", f"https://{STAFF}"]
    assert found["STAFF_URL"] == f"https://{STAFF}"
    assert {found["SESSION_COOKIE_NAME"][:7], found["CSRF_COOKIE_NAME"][:7]} == {"__Host-"}
    assert {found["SESSION_COOKIE_PATH"], found["CSRF_COOKIE_PATH"]} == {"/"}
    for name in ("SESSION_COOKIE_DOMAIN", "CSRF_COOKIE_DOMAIN", "LANGUAGE_COOKIE_DOMAIN"):
        assert found[name] is None
