"""Every answer of every address carries what the browser needs to keep it to itself (ASVS 3.3, 3.4, 4.1.1, 14.3.2)."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from django.http import HttpResponseBase
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from portal import places
from tests.factories import access
from tests.rights import ground as grounds
from tests.rights.ground import Persona
from tests.rights.test_places import PASSKEYS, ask, filled, own_addresses, undone

pytestmark = [pytest.mark.django_db, pytest.mark.slow]

QUOTE = chr(34)
WALKS = ("stranger", "customer", "reviewer", "auditor", "administrator")
ROOT = Path(__file__).resolve().parent.parent.parent
NOTHING_INLINE = ("'unsafe-inline'", "'unsafe-eval'", "'unsafe-hashes'", "*", "data:", "http:", "https:")


def policy_of(answer: HttpResponseBase) -> dict[str, list[str]]:
    parts = [part.split() for part in answer.get("Content-Security-Policy", "").split(";") if part.strip()]
    return {words[0]: words[1:] for words in parts}


def faults(answer: HttpResponseBase, *, private: bool) -> list[str]:
    """What an answer lacks; a private one is somebody's own page."""
    found = []
    kind = answer.get("Content-Type", "")
    body = b"".join(answer) if answer.streaming else answer.content  # type: ignore[attr-defined,arg-type]
    if body and not kind:
        found.append("no content type")
    if kind.startswith(("text/", "application/javascript")) and "charset=utf-8" not in kind.lower().replace(QUOTE, ""):
        found.append(f"content type {kind} without its charset")
    for name, value in {
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "same-origin",
        "Cross-Origin-Opener-Policy": "same-origin",
        "X-Frame-Options": "DENY",
    }.items():
        if answer.get(name, "") != value:
            found.append(f"{name}: {answer.get(name)}")
    if private and "no-store" not in answer.get("Cache-Control", ""):
        found.append(f"may be kept: Cache-Control {answer.get('Cache-Control')}")
    for cookie in answer.cookies.values():
        if not cookie.value:
            continue  # taken away
        if not cookie["httponly"] or cookie["samesite"] not in {"Lax", "Strict"} or cookie["domain"]:
            found.append(f"cookie {cookie.OutputString()}")
    return [*found, *faults_of_policy(policy_of(answer))]


def faults_of_policy(policy: dict[str, list[str]]) -> list[str]:
    found = []
    if policy.get("default-src") != ["'none'"]:
        found.append("a policy that does not begin with nothing")
    if "sandbox" not in policy:
        for directive in ("frame-ancestors", "base-uri", "object-src"):
            if policy.get(directive) != ["'none'"]:
                found.append(f"{directive}: {policy.get(directive)}")
    for directive in ("script-src", "style-src"):
        if set(policy.get(directive, [])) & set(NOTHING_INLINE):
            found.append(f"{directive}: {policy[directive]}")
    return found


def test_the_entrance_and_ones_own_pages_carry_their_headers(client: Client) -> None:
    """The same as below for a handful of pages, in a second."""
    user = access.customer().user
    assert user is not None
    there = reverse("account_login")
    signing_in = client.post(there, {"login": user.email, "password": access.PASSWORD})
    assert client.cookies["sessionid"].value, "the sign-in that is looked at did not work"
    pages = [(name, client.get(reverse(name))) for name in ("security", "usersessions_list", "inbox", "preferences")]
    found = {"signing in": faults(signing_in, private=False)}
    found |= {name: faults(page, private=page.status_code == 200) for name, page in pages}
    found["nowhere"] = faults(client.get("/nosuch/"), private=False)
    assert {name: wrong for name, wrong in found.items() if wrong} == {}


def test_every_answer_carries_its_headers(settings: Any, tmp_path: Any) -> None:
    settings.MEDIA_ROOT = tmp_path
    ground = grounds.lay(now=timezone.now())
    addresses = {address.route: address for address in own_addresses()}
    urls = {route: filled(address, ground) for route, address in addresses.items() if route not in PASSKEYS}
    models = [label.lower().split(".") for label in places.back_office()]
    lists = [f"admin:{app}_{model}_changelist" for app, model in models]
    declared = places.declared()
    wrong: dict[str, list[str]] = {}
    for route in [*addresses, *lists]:
        everybodys = route in declared and bool({"everybody", "entrance"} & declared[route].open_to)
        with undone(ground):
            url = urls.get(route) or (filled(addresses[route], ground) if route in addresses else reverse(route))
            for name in WALKS:
                persona: Persona = ground.people[name]
                answer = ask(persona, url)
                private = persona.signed_in and answer.status_code == 200 and not everybodys
                if found := faults(answer, private=private):
                    wrong[f"{route} as {name} ({answer.status_code})"] = found
    assert wrong == {}


def test_outside_the_demo_cookies_and_transport_are_bound_to_the_host_over_https() -> None:
    """Read the settings as a bank would have them, in a process of their own (ASVS 3.3.1, 3.4.1)."""
    names = """
        SESSION_COOKIE_NAME CSRF_COOKIE_NAME SESSION_COOKIE_SECURE CSRF_COOKIE_SECURE SECURE_HSTS_SECONDS DEBUG
        SECURE_HSTS_INCLUDE_SUBDOMAINS SECURE_SSL_REDIRECT SECURE_PROXY_SSL_HEADER
    """
    code = f"import json, portal.settings.base as s; print(json.dumps({{n: getattr(s, n) for n in {names.split()!r}}}))"
    left_out = {"PORTAL_DEMO", "PORTAL_HTTPS", "PORTAL_BEHIND_PROXY", "DJANGO_DEBUG"}
    env = {name: value for name, value in os.environ.items() if name not in left_out}
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, env=env, capture_output=True, text=True, check=True)
    found = json.loads(done.stdout)
    assert found["SESSION_COOKIE_NAME"] == "__Host-session"
    assert found["CSRF_COOKIE_NAME"] == "__Host-csrf"
    assert found["SESSION_COOKIE_SECURE"] is True
    assert found["CSRF_COOKIE_SECURE"] is True
    assert found["SECURE_SSL_REDIRECT"] is True
    assert found["SECURE_HSTS_SECONDS"] >= 365 * 24 * 3600
    assert found["SECURE_HSTS_INCLUDE_SUBDOMAINS"] is True
    assert found["SECURE_PROXY_SSL_HEADER"] is None  # a forwarding header is hearsay
    assert found["DEBUG"] is False
