"""Looking changes nothing (ASVS 3.5.3), and every page asks for what it changes by POST with a token of its own."""

from typing import Any

import pytest
from django.db import connection
from django.urls import reverse
from django.utils import timezone

from accounts.access import probing
from tests.rights import ground as grounds
from tests.rights.test_places import SIGNS_OUT, filled, own_addresses

pytestmark = [pytest.mark.django_db, pytest.mark.slow]

# What any visit may write: that somebody is there, that somebody looked, and the question a check page puts.
VISITS = {
    "django_session",
    "usersessions_usersession",
    "audit_row",
    "audit_pending",
    "access_knowndevice",
    "access_stepup",
}


def contents() -> dict[str, tuple[int, int]]:
    """How many rows every table has, and a sum over what stands in them."""
    with connection.cursor() as cursor:
        tables = [name for name in connection.introspection.table_names(cursor) if name not in VISITS]
        found = {}
        for name in tables:
            cursor.execute(f'SELECT count(*), coalesce(sum(hashtext(t::text)), 0) FROM "{name}" t')
            found[name] = cursor.fetchone()
    return found


@pytest.fixture(autouse=True)
def _not_taken_for_a_search(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever walks over every record is told of to the auditors: no change by reading (access/test_probing)."""
    monkeypatch.setattr(probing, "count", lambda **_: False)


def test_reading_every_page_as_everybody_changes_nothing(settings: Any, tmp_path: Any) -> None:
    settings.MEDIA_ROOT = tmp_path
    ground = grounds.lay(now=timezone.now())
    left_out = {*SIGNS_OUT, "mfa_remove_webauthn", "mfa_edit_webauthn"}  # ask for a fresh proof before they read
    urls = [filled(address, ground) for address in own_addresses() if address.route not in left_out]
    for persona in ground.people.values():  # what a first visit makes: the session, the device
        persona.client.get("/")
    before = contents()
    for persona in ground.people.values():
        for url in urls:
            assert persona.client.get(url).status_code < 500
            if persona.name in {"customer", "approver"}:
                assert persona.client.head(url).status_code < 500
    after = contents()
    assert {name: (before[name], after[name]) for name in before if before[name] != after[name]} == {}


def test_nothing_is_taken_without_the_pages_own_token(settings: Any, tmp_path: Any) -> None:
    """Whoever is led to send something from a foreign page is refused, wherever it goes (ASVS 3.5.1)."""
    settings.MEDIA_ROOT = tmp_path
    ground = grounds.lay(now=timezone.now(), csrf=True)
    urls = {address.route: filled(address, ground) for address in own_addresses()}
    before = contents()
    taken = []
    for persona in ground.people.values():
        for route, url in urls.items():
            answer = persona.client.post(url, {"amount": "1"})
            to = answer.get("Location", "")
            elsewhere = {reverse("recover"), reverse("identity")}  # who may not be there at all
            sent_away = answer.status_code == 404 or to.startswith(reverse("account_login")) or to in elsewhere
            if answer.status_code != 403 and not sent_away:
                taken.append((persona.name, route, answer.status_code, answer.get("Location", "")))
    assert taken == []
    after = contents()
    assert {name for name in before if before[name] != after[name]} == set()
