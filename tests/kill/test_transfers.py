"""500 transfers through the web, while web workers and Celery workers are killed: nothing lost, nothing doubled."""

import http.client
import os
import random
import re
import signal
import threading
import time
import uuid
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from http import HTTPStatus
from urllib.parse import urlencode, urlsplit

import pytest
from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from django.db import connection
from django.utils import timezone

from accounts.access import codes, sessions
from accounts.inbox.models import Notice
from core.outbox.models import Delivery
from ledger import balances, checks
from ledger.models import Entry
from payments.models import Transfer
from tests.factories import payments as make
from tests.kill.support import PATIENCE, free_port, wait_until, web

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.slow,
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
]
TRANSFERS = 500
CLIENTS = 8
MOST_KILLS = 12
AMOUNT = 7_00


@dataclass
class Payer:
    """Somebody with a browser open at the transfer form."""

    cookie: str
    source: uuid.UUID
    payee: uuid.UUID
    used_step: int = -1
    tries: int = 0


class Browser:
    """The least of a browser: one session, forms with their tokens. Connection trouble is the caller's to handle."""

    def __init__(self, port: int, payer: Payer) -> None:
        self.connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
        self.cookies = {settings.SESSION_COOKIE_NAME: payer.cookie, settings.LANGUAGE_COOKIE_NAME: "en"}

    def ask(self, method: str, url: str, form: dict[str, str] | None = None) -> tuple[int, str, str]:
        headers = {"Cookie": "; ".join(f"{name}={value}" for name, value in self.cookies.items())}
        if form is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        self.connection.request(method, url, urlencode(form) if form is not None else None, headers)
        answer = self.connection.getresponse()
        for cookie in answer.headers.get_all("Set-Cookie") or []:
            name, _equals, value = cookie.partition(";")[0].partition("=")
            self.cookies[name] = value
        return answer.status, urlsplit(answer.headers.get("Location", "")).path, answer.read().decode()


class NotYet(Exception):
    """This try came to no answer; the next one begins where the bank says it stands."""


def value_of(page: str, name: str) -> str:
    found = re.search(rf'name="{name}" value="([^"]+)"', page)
    if not found:
        raise NotYet(f"no {name} on the page")
    return found.group(1)


def wait_for_a_code(payer: Payer) -> None:
    """Wait until the app shows a code that this payer has not used: each counts once."""
    while codes.step_at(timezone.now()) <= payer.used_step:
        time.sleep(0.2)


def code_now(payer: Payer) -> str:
    now = timezone.now()
    payer.used_step = codes.step_at(now)
    return codes.code_at(secret=make.SECRET, moment=now)


def send(port: int, payer: Payer, key: uuid.UUID) -> str:
    """Go once through form, check page and code; answer the receipt's address, or raise NotYet."""
    wait_for_a_code(payer)  # before the first connection, which a server closes when it is idle
    browser = Browser(port, payer)
    status, _place, page = browser.ask("GET", "/transfer/")
    if status != HTTPStatus.OK:
        raise NotYet(f"the form answered {status}")
    order = {
        "csrfmiddlewaretoken": value_of(page, "csrfmiddlewaretoken"), "key": str(key), "source": str(payer.source),
        "to": f"payee:{payer.payee}", "amount": "7.00", "memo": "",
    }  # fmt: skip
    status, place, page = browser.ask("POST", "/transfer/", order)
    if status != HTTPStatus.FOUND:
        raise NotYet(f"the draft answered {status}")
    if "/receipts/" in place:
        return place
    status, onward, page = browser.ask("GET", place)
    if status == HTTPStatus.FOUND and "/receipts/" in onward:
        return onward
    answer = {
        "csrfmiddlewaretoken": value_of(page, "csrfmiddlewaretoken"),
        "stepup-challenge": value_of(page, "stepup-challenge"), "stepup-code": code_now(payer),
    }  # fmt: skip
    status, onward, page = browser.ask("POST", place, answer)
    if status == HTTPStatus.FOUND and "/receipts/" in onward:
        return onward
    raise NotYet(f"the confirmation answered {status}")


def pay(port: int, payer: Payer) -> str:
    """Send one transfer, again and again under the same key until the bank shows its receipt."""
    key, end, last = uuid.uuid4(), time.monotonic() + 4 * PATIENCE, ""
    while time.monotonic() < end:
        payer.tries += 1
        try:
            return send(port, payer, key)
        except (OSError, http.client.HTTPException, NotYet) as error:
            last = repr(error)
            time.sleep(random.uniform(0.2, 1.0))
    raise AssertionError(f"no receipt after {payer.tries} tries: {last}")


def session_of(user) -> str:
    store = SessionStore()
    store[SESSION_KEY] = str(user.pk)
    store[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    store[HASH_SESSION_KEY] = user.get_session_auth_hash()
    sessions.stamp(store, staff=False, now=timezone.now())
    store.save()
    return str(store.session_key)


def payers() -> list[Payer]:
    """500 payers and ten receivers, each payer with money for one transfer and a little more."""
    now, found = timezone.now(), []
    receivers = [make.account(make.customer("李明", now=now), now=now) for _n in range(10)]
    for number in range(TRANSFERS):
        customer = make.customer("王小明", now=now)
        source = make.account(customer, balance=AMOUNT + 1_00, now=now)
        payee = make.payee(customer, receivers[number % 10], now=now)
        make.enrol(customer)
        found.append(Payer(session_of(customer.user), source.public_id, payee.public_id))
    return found


def kill_now_and_then(server, start_workers, stop, killed) -> None:
    """Kill a web process every few seconds, and at every other time the Celery workers too; all come back."""
    worker = start_workers()
    chance = random.Random(20260318)
    for turn in range(MOST_KILLS):
        if stop.wait(chance.uniform(3, 8)):
            return
        children = server.children()
        if children:
            with suppress(ProcessLookupError):
                os.kill(chance.choice(children), signal.SIGKILL)
                killed["web"] += 1
        if turn % 2:
            worker.kill()
            killed["worker"] += 1
            worker = start_workers()


def test_nothing_is_lost_and_nothing_doubled_while_workers_are_killed(broker, start_workers, tmp_path):
    everybody = payers()
    port, stop, killed = free_port(), threading.Event(), Counter()
    server = web(broker.url, tmp_path, port=port)
    killer = threading.Thread(target=kill_now_and_then, args=(server, start_workers, stop, killed))
    try:
        wait_until(lambda: len(server.children()) >= 2, "gunicorn is up")
        killer.start()
        with ThreadPoolExecutor(CLIENTS) as pool:
            receipts = list(pool.map(lambda payer: pay(port, payer), everybody))
    finally:
        stop.set()
        killer.join()
        server.kill()
    start_workers()
    wait_until(lambda: not Delivery.objects.exclude(state="done").exists(), "every fact is delivered", patience=300)

    assert killed["web"] >= 3
    assert killed["worker"] >= 1
    # What the clients were told, what the transfers say, and what the books say are the same.
    told = {receipt.strip("/").split("/")[-1] for receipt in receipts}
    confirmed = {str(found) for found in Transfer.objects.filter(state="confirmed").values_list("public_id", flat=True)}
    assert len(told) == TRANSFERS
    assert told == confirmed
    assert Entry.objects.filter(kind="payments.transfer").count() == TRANSFERS
    with connection.cursor() as cursor:
        cursor.execute("SELECT ledger_account_id FROM accounts_bankaccount")
        spendable = Counter(balance.booked for balance in balances.of([row[0] for row in cursor]).values())
    assert spendable == {1_00: TRANSFERS, AMOUNT * TRANSFERS // 10: 10}
    # Everybody was told once: each payer that it left, each receiver that it came.
    events = Counter(Notice.objects.values_list("event", flat=True))
    assert (events["payments.sent"], events["payments.received"]) == (TRANSFERS, TRANSFERS)
    assert checks.drift() == []
