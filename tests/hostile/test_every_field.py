"""Hostile text into every field of every form: no failure inside, no markup handed back, no money moved.

The strings are the Big List of Naughty Strings and some of the bank's own. The forms are found on the pages themselves,
so a form that is added later is tried without anybody remembering it.
"""

import json
import re
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.access.models import KnownDevice
from accounts.models import BankAccount, Customer, User
from payments.models import Transfer
from payments.services import transfers
from tests.factories import identity as desk
from tests.factories import payments as money

pytestmark = [pytest.mark.django_db, pytest.mark.slow]

OURS = [
    "\x00", "a\x00b", "\u202egpj.exe", "\u200b\u200d", "\ufeff", "9" * 400, "-1", "1e309", "NaN", "٣٤", "１２３４",
    "'; DROP TABLE ledger_line; --", "%s%s%n", "{{7*7}}", "${7*7}", "<img src=x onerror=alert(1)>",
    "=HYPERLINK(\"http://x\")", "@SUM(A1)", "a\r\nBcc: x@example.com", "../../../etc/passwd", "名" * 5000,
    "\"><script>alert(1)</script>", "javascript:alert(1)", "\u0000\u0001\u0002", "😀", "[object Object]",
]  # fmt: skip
TYPED = {"text", "email", "password", "search", "tel", "number", "url", "date", "month", "textarea", ""}
FRAME = {"/language/", "/theme/", "/auth/logout/"}  # forms of the frame: choices, no text
MARKUP = re.compile(r"<[a-zA-Z/!]")


@dataclass
class Form:
    action: str
    method: str
    fields: dict[str, str] = field(default_factory=dict)
    typed: list[str] = field(default_factory=list)


class Forms(HTMLParser):
    """Read the forms of a page: where they go, what they send unasked, what a person types."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.found: list[Form] = []
        self.select = ""
        self.textarea = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {key: value or "" for key, value in attrs}
        if tag == "form":
            self.found.append(Form(given.get("action", ""), given.get("method", "get").lower()))
        if not self.found:
            return
        form, name = self.found[-1], given.get("name", "")
        if tag == "input" and name:
            kind = given.get("type", "").lower()
            if kind in TYPED:
                form.typed.append(name)
                form.fields[name] = given.get("value", "")
            elif kind == "hidden" or "checked" in given:
                form.fields[name] = given.get("value", "on")
        if tag == "textarea" and name:
            form.typed.append(name)
            form.fields[name] = ""
        if tag == "select":
            self.select = name
        if tag == "option" and self.select and ("selected" in given or self.select not in form.fields):
            form.fields[self.select] = given.get("value", "")
        if tag == "button" and name:
            form.fields.setdefault(name, given.get("value", ""))

    def handle_endtag(self, tag: str) -> None:
        if tag == "select":
            self.select = ""


def forms_of(client: Client, path: str) -> list[Form]:
    response = client.get(path)
    assert response.status_code == 200, f"{path} answered {response.status_code}"
    reader = Forms()
    reader.feed(response.content.decode())
    return [form for form in reader.found if form.typed and form.action not in FRAME]


@pytest.fixture(scope="module")
def strings(real_data: Path) -> list[str]:
    return [*json.loads((real_data / "security" / "blns.json").read_text()), *OURS]


@dataclass
class Ground:
    """Everybody whose pages are tried."""

    now: datetime
    client: Client
    two: money.Pair


@pytest.fixture
def ground(client: Client) -> Ground:
    cache.clear()
    moment = timezone.now()
    return Ground(moment, client, money.pair(balance=5_000_00, now=moment))


def as_stranger(ground: Ground) -> Client:
    return ground.client


def as_payer(ground: Ground) -> Client:
    money.enrol(ground.two.payer)
    ground.client.force_login(ground.two.payer.user)
    return ground.client


def as_newcomer(ground: Ground) -> Client:
    customer = desk.make_customer("new@example.com", now=ground.now)
    ground.client.force_login(customer.user)
    return ground.client


def as_staff(role: str) -> Callable[[Ground], Client]:
    def enter(ground: Ground) -> Client:
        return desk.enter(ground.client, desk.make_staff(f"{role}@example.com", role))

    return enter


def check_page(ground: Ground) -> str:
    drafted = transfers.draft(
        customer=ground.two.payer,
        key=uuid.uuid4(),
        order=money.order(ground.two, 10_00),
        now=ground.now,
    )
    return f"/transfer/{drafted.transfer_id}/"


def statement(ground: Ground) -> str:
    return f"/accounts/{ground.two.source.public_id}/"


def payee(ground: Ground) -> str:
    return f"/payees/{ground.two.payee.public_id}/"


def device(ground: Ground) -> str:
    known = KnownDevice.objects.create(
        user=ground.two.payer.user, digest="a" * 64, first_seen_at=ground.now, last_seen_at=ground.now
    )
    return reverse("device", args=[known.public_id])


def end_sessions(ground: Ground) -> str:
    return reverse("end_customer_sessions", args=[ground.two.payer.public_id])


def at(name: str, **kwargs: str) -> Callable[[Ground], str]:
    return lambda _ground: reverse(name, kwargs=kwargs or None)


PAGES: list[tuple[str, Callable[[Ground], Client], str | Callable[[Ground], str]]] = [
    ("sign-up", as_stranger, "/auth/signup/"),
    ("sign-in", as_stranger, "/auth/login/"),
    ("reset", as_stranger, "/auth/password/reset/"),
    ("verify a receipt", as_stranger, "/verify/"),
    ("transfer", as_payer, "/transfer/"),
    ("check a transfer", as_payer, check_page),
    ("add a payee", as_payer, "/payees/add/"),
    ("a payee", as_payer, payee),
    ("statement", as_payer, statement),
    ("identity", as_newcomer, "/identity/details/"),
    ("managers", as_staff("manager"), "/managers/"),
    ("audit trail", as_staff("auditor"), "/admin/audit/row/"),
    ("help", as_stranger, at("help")),
    ("new address", as_payer, at("mydata_correct", what="address")),
    ("new name", as_payer, at("mydata_correct", what="legal_name")),
    ("ask for a figure", as_staff("risk_officer"), at("admin:changes_ask", kind="policy.figure")),
    ("ask for a booking", as_staff("teller"), at("admin:changes_ask", kind="books.entry")),
    ("invite a colleague", as_staff("administrator"), at("admin:staff_invite")),
    ("declare a relation", as_staff("reviewer"), at("admin:reviews_relations")),
    ("the team", as_staff("approver"), at("admin:reviews_team")),
    ("certificate of balance", as_payer, at("balance_certificates")),
    ("name a device", as_payer, device),
    ("sign somebody out", as_staff("reviewer"), end_sessions),
    ("pay on a date", as_payer, at("schedule_new")),
    ("pay at another bank", as_payer, at("bank_transfer")),
    ("prove it again", as_payer, at("mfa_reauthenticate")),
    ("take out a file", as_staff("auditor"), at("staff_takeouts")),
]


def attack(client: Client, path: str, form: Form, text: str) -> Any:
    """Send the form with the text in every typed field at once."""
    data = {**form.fields, **dict.fromkeys(form.typed, text)}
    where = form.action or path
    if form.method == "post":
        return client.post(where, data)
    return client.get(where, data)


@pytest.mark.parametrize(("name", "enter", "page"), PAGES, ids=[page[0] for page in PAGES])
def test_no_text_breaks_a_form_or_comes_back_as_markup(
    name: str,
    enter: Callable[[Ground], Client],
    page: str | Callable[[Ground], str],
    ground: Ground,
    strings: list[str],
) -> None:
    client = enter(ground)
    path = page if isinstance(page, str) else page(ground)
    forms = forms_of(client, path)
    if name != "managers":  # its filters are choices; the address is tried below
        assert forms, f"{path} shows no form to try"
    before = lines()
    for form in forms:
        for text in strings:
            cache.clear()  # the count of tries is tested elsewhere; here every text shall arrive
            response = attack(client, path, form, text)
            assert response.status_code < 500, f"{form.action or path} answered {response.status_code} to {text!r}"
            if MARKUP.search(text) and hasattr(response, "content"):
                assert text not in response.content.decode(errors="replace"), f"{path} handed back {text!r}"
    assert lines() == before, "money moved"


@pytest.mark.parametrize(("name", "enter", "page"), PAGES, ids=[page[0] for page in PAGES])
def test_no_address_breaks_a_page(
    name: str, enter: Callable[[Ground], Client], page: str | Callable[[Ground], str], ground: Ground
) -> None:
    """Unknown, repeated and absurd parameters in the address."""
    client = enter(ground)
    path = page if isinstance(page, str) else page(ground)
    names = ["q", "text", "from", "to", "amount", "before", "after", "page", "district", "channel", "next", "o", "p"]
    for text in [*OURS, "0", "-1", "9" * 30, "2026-13-45", "2026-02-30"]:
        response = client.get(f"{path}?{urlencode(dict.fromkeys(names, text))}")
        assert response.status_code < 500, f"{path} answered {response.status_code} to {text!r}"


# What only the bank says about people, accounts, money and decisions, in the names of its own columns.
BANKS_OWN = [
    "is_staff", "is_superuser", "is_active", "groups", "user_permissions", "employee_number", "verified_at", "balance",
    "status", "state", "owner", "user_id", "payer", "customer_id", "approved_by", "approved_at", "created_at",
    "decided_by", "public_id", "id", "pk", "floor", "held", "account_class", "risk", "entry_id", "closed_at",
]  # fmt: skip


def said_by_the_bank() -> list[Any]:
    """What stands about people, customers and accounts, whatever a visit itself may note."""
    people = "id", "is_staff", "is_superuser", "is_active", "employee_number", "date_joined", "groups"
    return [
        list(User.objects.order_by("pk", "groups").values_list(*people)),
        list(Customer.objects.order_by("pk").values_list("pk", "user", "public_id", "created_at")),
        list(BankAccount.objects.order_by("pk").values()),
        list(Transfer.objects.order_by("pk").values_list("pk", "public_id", "state", "payer", "entry_id")),
    ]


@pytest.mark.parametrize(("name", "enter", "page"), PAGES, ids=[page[0] for page in PAGES])
def test_what_only_the_bank_says_is_taken_from_no_form(
    name: str, enter: Callable[[Ground], Client], page: str | Callable[[Ground], str], ground: Ground
) -> None:
    """Each form with the bank's own names added: nobody becomes staff, owner, verified or richer (ASVS 15.3.3)."""
    client = enter(ground)
    path = page if isinstance(page, str) else page(ground)
    forms = forms_of(client, path)
    before, booked = said_by_the_bank(), lines()
    for form in forms:
        for value in ("1", "true", "approved"):
            cache.clear()
            added = dict.fromkeys(BANKS_OWN, value)
            data = {**added, **form.fields, **dict.fromkeys(form.typed, "Name")}
            send = client.post if form.method == "post" else client.get
            assert send(form.action or path, data).status_code < 500, f"{name}: {form.action or path}"
    assert said_by_the_bank() == before
    assert lines() == booked


def test_broken_bytes_and_absurd_sizes_are_refused(ground: Ground) -> None:
    """Broken UTF-8, a lone surrogate, too many fields, ten megabytes of text, a field twice: nothing comes of them."""
    client = as_payer(ground)
    before, drafts = lines(), Transfer.objects.count()
    for body, answers in [
        (b"amount=%ff%fe&memo=%ed%a0%80", {200, 400, 422}),
        ("&".join(f"f{n}=1" for n in range(501)).encode(), {400}),
        ("&".join(f"f{n}=1" for n in range(100_000)).encode(), {400}),
        (b"memo=" + b"x" * (10 * 1024 * 1024), {400, 413}),
        (b"amount=1&amount=9999&amount=-1", {400}),
    ]:
        response = client.post("/transfer/", body, content_type="application/x-www-form-urlencoded")
        assert response.status_code in answers, f"{body[:40]!r} ({len(body)} bytes): {response.status_code}"
    assert (lines(), Transfer.objects.count()) == (before, drafts)


def test_a_password_of_a_megabyte_is_an_ordinary_wrong_one(client: Client) -> None:
    cache.clear()
    answer = client.post(reverse("account_login"), {"login": "lin@example.com", "password": "x" * 1024 * 1024})
    assert answer.status_code in {200, 400, 422}
    assert "_auth_user_id" not in client.session


def test_another_customers_records_do_not_exist(ground: Ground) -> None:
    """Account, statement, export, payee, transfer and receipt of somebody else answer as if they were not there."""
    owner = as_payer(ground)
    drafted = check_page(ground)
    paths = [
        statement(ground),
        f"/accounts/{ground.two.source.public_id}/statement.csv",
        payee(ground),
        drafted,
        drafted.replace("/transfer/", "/receipts/"),
    ]
    stranger = Client()
    other = money.customer("赵四", now=ground.now)
    money.enrol(other)
    assert isinstance(other, Customer)
    assert isinstance(other.user, User)
    stranger.force_login(other.user)
    absent = "00000000-0000-4000-8000-000000000000"
    for path in paths:
        mine = owner.get(path)
        theirs = stranger.get(path)
        nobodys = stranger.get(re.sub(r"[0-9a-f-]{36}", absent, path))
        assert theirs.status_code == nobodys.status_code == 404, path
        assert _plain(theirs) == _plain(nobodys), f"{path} tells that it exists"
        assert mine.status_code in {200, 302, 404}


def _plain(response: Any) -> str:
    """The page without what differs from request to request."""
    text = response.content.decode()
    text = re.sub(r'name="csrfmiddlewaretoken" value="[^"]*"', "", text)
    text = re.sub(r"[0-9a-f]{8}-[0-9a-f-]{27}", "", text)
    text = re.sub(r'data-session-warning="\d+"', "", text)  # seconds that are left of the session
    reference = getattr(response.wsgi_request, "reference", "")
    return text.replace(str(reference), "") if reference else text


def lines() -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM ledger_line")
        return int(cursor.fetchone()[0])
