"""The written matrix is what the portal does: every address, walked as everybody."""

import re
from typing import Any

import pytest
from django.core.management import call_command
from django.http import HttpResponseBase
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.roles import Role
from portal import places
from tests.factories import identity as desk
from tests.rights import ground as grounds
from tests.rights.ground import FIXED, RECORDS, STAFF_RECORDS, Ground, Persona

pytestmark = [pytest.mark.django_db, pytest.mark.slow]

# What Django's admin makes for each model; tests/rights/test_back_office.py walks those by role and right.
OF_A_MODEL = re.compile(r"admin:[a-z]+_[a-z]+_(changelist|add|history|delete|change)$")
SIGNS_OUT = {"account_logout", "admin:logout"}
PROVE = re.compile(r"^/(auth/reauthenticate|auth/2fa/reauthenticate|security/\?next)")
SENT_AWAY = re.compile(r"^/(auth/login|auth/2fa/reauthenticate|security/\?next|admin/login)")


def own_addresses() -> list[places.Address]:
    return [one for one in places.addresses() if not OF_A_MODEL.match(one.route)]


@pytest.fixture
def ground(settings: Any, tmp_path: Any) -> Ground:
    settings.MEDIA_ROOT = tmp_path
    return grounds.lay(now=timezone.now())


def filled(address: places.Address, ground: Ground, *, pair: Any = None) -> str:
    """The address with a record of the customer persona in it, or of another pair's payer."""
    if not address.parameters:
        return reverse(address.route)
    if address.route in FIXED:
        return reverse(address.route, kwargs=FIXED[address.route])
    if address.route in STAFF_RECORDS:
        return reverse(address.route, kwargs=STAFF_RECORDS[address.route](ground.now))
    assert address.route in RECORDS, f"{address.route} shows a record: name one in tests/rights/ground.py"
    return reverse(address.route, kwargs=RECORDS[address.route](pair or ground.mine, ground.now))


def let_in(answer: HttpResponseBase, place: places.Place) -> bool:
    if answer.status_code in {403, 404}:
        return False
    if answer.status_code not in {302, 303}:
        return True
    if "verified" in place.open_to and answer["Location"] == reverse("identity"):
        return False
    return not SENT_AWAY.match(answer["Location"])


def proves_first(answer: HttpResponseBase) -> bool:
    return answer.status_code in {302, 303} and bool(PROVE.match(answer["Location"]))


def ask(persona: Persona, url: str) -> HttpResponseBase:
    """Ask as a reader, or, where only sending is taken, send nothing."""
    answer = persona.client.get(url)
    return persona.client.post(url, {}) if answer.status_code == 405 else answer


def test_every_address_stands_in_the_matrix_and_nothing_else_does() -> None:
    known = {one.route for one in own_addresses()}
    assert known - set(places.declared()) == set(), "addresses that portal/places.csv does not name"
    assert set(places.declared()) - known == set(), "places.csv names addresses that are gone"


def test_the_page_about_rights_is_up_to_date() -> None:
    call_command("document_rights", "--check")


def test_what_has_no_name_is_djangos_own() -> None:
    allowed = re.compile(r"^admin/(\(\?P<url>|\w+/\w+/<path:object_id>/$)")
    assert [pattern for pattern in places.unnamed() if not allowed.match(pattern)] == []


@pytest.mark.parametrize("address", own_addresses(), ids=lambda one: one.route)
def test_everybody_gets_as_far_as_the_matrix_says(address: places.Address, ground: Ground) -> None:
    place = places.declared()[address.route]
    if address.route in SIGNS_OUT or "entrance" in place.open_to:
        for persona in ground.people.values():
            assert ask(persona, filled(address, ground)).status_code < 500
        return
    wrong = []
    for persona in ground.people.values():
        answer = ask(persona, filled(address, ground))
        assert answer.status_code < 500
        wanted = place.lets_in(signed_in=persona.signed_in, customer=persona.customer, role=persona.role)
        if place.object == "own" and persona.name != "customer":
            wanted = False  # the record is the customer persona's
        if place.object == "application":
            wanted = persona.name == "newcomer"
        if place.object == "held":
            wanted = False  # nobody of them has claimed the case
        if place.proof == "fresh" and wanted:  # the newcomer has no factor to prove anything with
            good = proves_first(answer) or persona.name == "newcomer" or (persona.role and answer.status_code == 404)
        else:
            good = let_in(answer, place) == wanted or (place.proof == "fresh" and proves_first(answer))
        if not good:
            where = answer.get("Location", "")
            wrong.append(f"{persona.name}: {answer.status_code} {where}, the matrix says {'yes' if wanted else 'no'}")
    assert wrong == []


@pytest.mark.parametrize("role", list(Role))
def test_without_the_second_factor_no_place_of_the_staff_opens(role: Role) -> None:
    now = timezone.now()
    browser = Client()
    browser.force_login(desk.make_staff("half@example.com", role.value))
    opened = []
    for address in own_addresses():
        place = places.declared()[address.route]
        if place.proof != "factor":
            continue
        if address.route in STAFF_RECORDS:
            url = reverse(address.route, kwargs=STAFF_RECORDS[address.route](now))
        else:
            url = reverse(address.route, kwargs=FIXED.get(address.route))
        answer = ask(Persona(role.value, browser, role=role.value), url)
        if let_in(answer, place):
            opened.append(address.route)
    assert opened == []


@pytest.mark.parametrize("route", sorted(RECORDS))
def test_anothers_record_looks_like_none(route: str, ground: Ground) -> None:
    """Another's, an absent one and a malformed one answer alike, to the byte but for the reference number."""
    address = next(one for one in own_addresses() if one.route == route)
    if places.declared()[route].object != "own":
        assert "everybody" in places.declared()[route].open_to
        return
    client = ground.people["customer"].client
    theirs = filled(address, ground, pair=ground.theirs)
    absent = re.sub(r"[0-9a-f]{8}-[0-9a-f-]{27}", "00000000-0000-4000-8000-000000000000", theirs)
    answers = [client.get(theirs), client.get(absent)]
    if answers[0].status_code == 405:
        answers = [client.post(theirs, {}), client.post(absent, {})]
    if places.declared()[route].proof == "fresh":  # a fresh proof is asked for before anything is looked up
        assert all(proves_first(one) for one in answers)
        return
    assert [(one.status_code, one.get("Location", "")) for one in answers] == [(404, ""), (404, "")]
    assert len({_without_reference(one, theirs, absent) for one in answers}) == 1
    assert client.get(theirs.replace(str(theirs.split("/")[2]), "x")).status_code == 404


def _without_reference(answer: Any, *urls: str) -> str:
    text = answer.content.decode()
    for url in urls:
        text = text.replace(url, "/…/")
    text = re.sub(r'name="csrfmiddlewaretoken" value="[^"]+"', "", text)
    return re.sub(r"\b[0-9A-Z]{4}-[0-9A-Z]{4}(-[0-9A-Z]{4})?\b", "REFERENCE", text)
