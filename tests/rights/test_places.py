"""The written matrix is what the portal does: every address, walked as everybody."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from http.cookies import SimpleCookie
from typing import Any

import pytest
from django.core.cache import cache
from django.core.management import call_command
from django.db import transaction
from django.http import HttpResponseBase
from django.test import Client
from django.urls import resolve, reverse
from django.utils import timezone

from accounts.roles import Role
from portal import places
from tests.factories import identity as desk
from tests.rights import ground as grounds
from tests.rights.ground import BY_LINK, FIXED, RECORDS, STAFF_RECORDS, Ground, Persona

pytestmark = [pytest.mark.django_db, pytest.mark.slow]

# What Django's admin makes for each model; tests/rights/test_back_office.py walks those by role and right.
OF_A_MODEL = re.compile(r"admin:[a-z]+_[a-z]+_(changelist|add|history|delete|change)$")
PASSKEYS = {"mfa_remove_webauthn", "mfa_edit_webauthn"}  # their sample is no real key: for these pages alone
SIGNS_OUT = {"account_logout", "admin:logout"}
PUBLIC_ID = re.compile(r"[0-9a-f]{8}-[0-9a-f-]{27}")
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
    return persona.client.post(url, grounds.sent(resolve(url).view_name)) if answer.status_code == 405 else answer


def test_every_address_stands_in_the_matrix_and_nothing_else_does() -> None:
    known = {one.route for one in own_addresses()}
    assert known - set(places.declared()) == set(), "addresses that portal/places.csv does not name"
    assert set(places.declared()) - known == set(), "places.csv names addresses that are gone"


def test_the_page_about_rights_is_up_to_date() -> None:
    call_command("document_rights", "--check")


def test_what_has_no_name_is_djangos_own() -> None:
    allowed = re.compile(r"^admin/(\(\?P<url>|\w+/\w+/<path:object_id>/$)")
    assert [pattern for pattern in places.unnamed() if not allowed.match(pattern)] == []


def test_everybody_gets_as_far_as_the_matrix_says(ground: Ground) -> None:
    """Every address as everybody, each on the same ground: what one visit does is undone before the next."""
    urls = {address.route: filled(address, ground) for address in own_addresses() if address.route not in PASSKEYS}
    wrong = []
    for address in own_addresses():
        route = address.route
        place = places.declared()[route]
        with undone(ground):
            url = urls.get(route) or filled(address, ground)
            for persona in ground.people.values():
                answer = ask(persona, url)
                assert answer.status_code < 500, f"{route} as {persona.name}"
                if route in SIGNS_OUT or "entrance" in place.open_to:
                    continue
                wanted = wanted_of(place, persona)
                if not as_wanted(answer, place, persona, wanted=wanted):
                    where = answer.get("Location", "")
                    said = "yes" if wanted else "no"
                    wrong.append(f"{route} as {persona.name}: {answer.status_code} {where}, the matrix says {said}")
    assert wrong == []


def wanted_of(place: places.Place, persona: Persona) -> bool:
    """Whether the matrix lets somebody in to the record the address is filled with."""
    if place.object == "own" and persona.name != "customer":
        return False  # the record is the customer persona's
    if place.object == "application":
        return persona.name == "newcomer"
    if place.object == "held":
        return False  # nobody of them has claimed the case
    return place.lets_in(signed_in=persona.signed_in, customer=persona.customer, role=persona.role)


def as_wanted(answer: HttpResponseBase, place: places.Place, persona: Persona, *, wanted: bool) -> bool:
    if place.proof == "fresh" and wanted:  # the newcomer has no factor to prove anything with
        staff_elsewhere = persona.role != "" and answer.status_code == 404
        return proves_first(answer) or persona.name == "newcomer" or staff_elsewhere
    return let_in(answer, place) == wanted or (place.proof == "fresh" and proves_first(answer))


@contextmanager
def undone(ground: Ground) -> Iterator[None]:
    """Undo what is done here: in the database, in the cache and in the browsers' cookies."""
    jars = {name: SimpleCookie(persona.client.cookies.output(header="")) for name, persona in ground.people.items()}
    cache.clear()
    block = transaction.atomic()
    block._from_testcase = True  # an act that insists on a transaction of its own has one, as far as it can tell
    with block:
        yield
        transaction.set_rollback(True)
    for name, persona in ground.people.items():
        persona.client.cookies = jars[name]


def test_without_the_second_factor_no_place_of_the_staff_opens(ground: Ground) -> None:
    urls = {
        address.route: filled(address, ground)
        for address in own_addresses()
        if places.declared()[address.route].proof == "factor"
    }
    opened = []
    for role in Role:
        browser = Client()
        browser.force_login(desk.make_staff(f"half-{role.value}@example.com", role.value))
        half = Persona(role.value, browser, role=role.value)
        opened += [(role, route) for route, url in urls.items() if let_in(ask(half, url), places.declared()[route])]
    assert opened == []


def test_anothers_record_looks_like_none(ground: Ground) -> None:
    """Another's, an absent one and a malformed one answer alike, to the byte but for the reference number."""
    client = ground.people["customer"].client
    by_route = {address.route: address for address in own_addresses()}
    wrong = []
    for route in sorted(RECORDS):
        place = places.declared()[route]
        if place.object != "own":
            assert "everybody" in place.open_to or route in BY_LINK, route
            continue
        theirs = filled(by_route[route], ground, pair=ground.theirs)
        absent = PUBLIC_ID.sub("00000000-0000-4000-8000-000000000000", theirs)
        answers = [client.get(theirs), client.get(absent)]
        if answers[0].status_code == 405:
            answers = [client.post(theirs, {}), client.post(absent, {})]
        if place.proof == "fresh":  # a fresh proof is asked for before anything is looked up
            assert all(proves_first(one) for one in answers), route
            continue
        said = [(one.status_code, one.get("Location", "")) for one in answers]
        malformed = client.get(PUBLIC_ID.sub("x", theirs)).status_code
        if said != [(404, ""), (404, "")] or malformed != 404:
            wrong.append(f"{route}: {said}, malformed {malformed}")
        elif len({_without_reference(one, theirs, absent) for one in answers}) != 1:
            wrong.append(f"{route}: the pages differ")
    assert wrong == []


def test_every_address_with_a_record_of_a_customer_is_tried_with_anothers() -> None:
    """Whoever adds an address with somebody's record in it names a sample, or says why it shows nobody's."""
    with_records = {
        address.route
        for address in own_addresses()
        if address.parameters and places.declared()[address.route].object == "own"
    }
    assert with_records - set(RECORDS) == set()


def _without_reference(answer: Any, *urls: str) -> str:
    text = answer.content.decode()
    for url in urls:
        text = text.replace(url, "/…/")
    text = re.sub(r'name="csrfmiddlewaretoken" value="[^"]+"', "", text)
    text = re.sub(r'data-session-warning="\d+"', "", text)  # how long the session lasts: it goes on meanwhile
    return re.sub(r"\b[0-9A-Z]{4}-[0-9A-Z]{4}(-[0-9A-Z]{4})?\b", "REFERENCE", text)
