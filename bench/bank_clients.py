"""The clients of the bank test: browsers that pay, ask again, cheat a little and read, and a journal of what they saw.

Every answer that says "done" or "not done" is written down with when it was asked for and when it came. An answer that
never came is asked for again under the same key; what is still open after a while is left as unknown and is settled at
the end, by its key.
"""

import http.client
import json
import re
import select
import threading
import time
import uuid
from collections import Counter
from dataclasses import asdict, dataclass, field
from html import unescape
from http import HTTPStatus
from itertools import pairwise
from pathlib import Path
from random import Random
from typing import Any
from urllib.parse import urlencode, urlsplit

import psycopg

DONE, REFUSED, UNKNOWN = "done", "refused", "unknown"
TROUBLE = (OSError, http.client.HTTPException)
CELL = re.compile(r'<td[^>]*class="numbers">(.*?)</td>', re.DOTALL)
TAGS = re.compile(r"<[^>]+>")
FIELD = re.compile(r'name="(csrfmiddlewaretoken|served|quote)" value="([^"]+)"')
RATE = re.compile(r"1 [A-Z]{3} = ([0-9.]+) [A-Z]{3}")  # the customer's stands before the reference rate
AMOUNT = re.compile(r'<data class="amount[^"]*" value="([0-9.]+)"')
RECEIPT = re.compile(r"^/(receipts|exchange)/[0-9a-f-]{36}/$")
MOST = 500  # minor units
IDLE = 4.0  # seconds: the server hangs up after five, and a browser opens a new connection


class NotYet(Exception):
    """No answer this time; nobody can say yet what became of it."""


class AnswerLost(NotYet):
    """The server has answered, and nobody heard it."""


class Wrong(Exception):
    """The bank answered something that it must never answer."""


@dataclass
class Payment:
    """One order to pay, or to exchange, and what became of it; amounts in minor units, moments of one steady clock."""

    client: int
    customer: int
    key: str
    currency: str
    source: str
    to: str
    from_books: int
    to_books: int
    amount: int
    begun: float = 0.0
    ended: float = 0.0
    outcome: str = UNKNOWN
    receipt: str = ""
    tries: int = 0
    lost: bool = False  # the first confirmation was answered, and the answer did not arrive
    exchange: bool = False  # into one's own account in another currency
    shown: dict[str, tuple[int, str]] = field(default_factory=dict)  # confirmed prices: what is received, and the rate

    @property
    def begins_at(self) -> str:
        """Where its form is sent."""
        return "/exchange/" if self.exchange else "/transfer/"

    def form(self) -> dict[str, str]:
        """What is typed into it."""
        amount = f"{self.amount / 100:.2f}"
        filled = {"key": self.key, "source": self.source, "memo": ""}
        if self.exchange:
            return filled | {"destination": self.to, "sell": amount, "buy": ""}
        return filled | {"to": self.to, "amount": amount}


@dataclass
class Journal:
    """What all clients saw; written to a file as it happens."""

    file: Path
    payments: list[Payment] = field(default_factory=list)
    counts: Counter[str] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)
    missing: Counter[str] = field(default_factory=Counter)  # why answers did not come, and how often
    seconds: list[float] = field(default_factory=list)  # from order to receipt, where nothing had to be asked again
    lock: threading.Lock = field(default_factory=threading.Lock)

    def paid(self, payment: Payment) -> None:
        """This function will write a payment down as it stands now."""
        with self.lock:
            self.payments.append(payment)
            self.counts[f"{'exchange' if payment.exchange else 'payment'} {payment.outcome}"] += 1
            if payment.outcome == DONE and payment.tries == 1:
                self.seconds.append(payment.ended - payment.begun)
            with self.file.open("a") as out:
                out.write(json.dumps(asdict(payment)) + "\n")

    def count(self, what: str) -> None:
        """This function will count one act of another kind."""
        with self.lock:
            self.counts[what] += 1

    def missed(self, trouble: NotYet) -> None:
        """This function will count an answer that did not come, by what was met instead."""
        with self.lock:
            self.missing[re.sub(r"[0-9a-f-]{36}", "…", str(trouble))] += 1

    def accuse(self, what: str) -> None:
        """This function will write down an answer that must never be given."""
        with self.lock:
            self.wrong.append(what)


class Browser:
    """The least of a browser: one customer's session over one connection."""

    def __init__(self, port: int, person: dict[str, Any]) -> None:
        self.port, self.person = port, person
        self.connection: http.client.HTTPConnection | None = None
        self.used = 0.0

    def ask(self, method: str, path: str, form: dict[str, str] | None = None) -> tuple[int, str, str]:
        """This function will ask for a page and give status, address it leads to, and text. Raises NotYet."""
        headers = {"Cookie": self.person["cookies"], "Accept": "text/html"}
        if form is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        if time.monotonic() - self.used > IDLE:
            self.close()
        try:
            if self.connection is None:
                self.connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
            self.connection.request(method, path, urlencode(form) if form is not None else None, headers)
            answer = self.connection.getresponse()
            text = answer.read().decode()
        except TROUBLE as trouble:
            self.close()
            raise NotYet(repr(trouble)) from trouble
        self.used = time.monotonic()
        if answer.getheader("Connection") == "close":
            self.close()
        if answer.status >= HTTPStatus.INTERNAL_SERVER_ERROR or answer.status == HTTPStatus.TOO_MANY_REQUESTS:
            raise NotYet(f"{path} answered {answer.status}")
        return answer.status, urlsplit(answer.headers.get("Location", "")).path, text

    def lose(self, method: str, path: str, form: dict[str, str]) -> None:
        """This function will ask, wait until the server has answered, and hang up without having read a word."""
        self.close()
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        headers = {"Cookie": self.person["cookies"], "Content-Type": "application/x-www-form-urlencoded"}
        try:
            connection.request(method, path, urlencode(form), headers)
            select.select([connection.sock], [], [], 30)
        except TROUBLE as trouble:
            raise NotYet(repr(trouble)) from trouble
        finally:
            connection.close()
        raise AnswerLost("the answer was lost on its way")

    def close(self) -> None:
        """This function will hang up."""
        if self.connection is not None:
            self.connection.close()
            self.connection = None


def send(browser: Browser, payment: Payment, *, lose: bool = False) -> tuple[str, str]:
    """This function will go from the form to the receipt and give what became of the order. Raises NotYet, Wrong.

    With `lose`, the answer to the confirmation is lost on its way.
    """
    form = {"csrfmiddlewaretoken": browser.person["token"], **payment.form()}
    status, place, page = browser.ask("POST", payment.begins_at, form)
    if status == HTTPStatus.OK and 'aria-invalid="true"' in page:
        return REFUSED, ""
    if status != HTTPStatus.FOUND:
        raise Wrong(f"the form answered {status}: {said(page)}")
    if RECEIPT.match(place):
        return DONE, place
    status, onward, page = browser.ask("GET", place)
    if status == HTTPStatus.FOUND and RECEIPT.match(onward):
        return DONE, onward
    if status != HTTPStatus.OK:
        raise NotYet(f"the check page answered {status} to {onward}")
    hidden = dict(FIELD.findall(page))
    if "served" not in hidden:
        raise Wrong(f"the check page asks for a code: {said(page)}")
    if payment.exchange:
        payment.shown[hidden["quote"]] = quoted(page)
    if lose:
        browser.lose("POST", place, hidden)
    status, onward, page = browser.ask("POST", place, hidden)
    if status == HTTPStatus.FOUND and RECEIPT.match(onward):
        return DONE, onward
    if status == HTTPStatus.FOUND and onward == place:
        status, onward, page = browser.ask("GET", place)
        if status == HTTPStatus.FOUND and RECEIPT.match(onward):
            return DONE, onward
        return REFUSED, ""
    raise NotYet(f"the confirmation answered {status}")


def words(page: str) -> str:
    """This function will leave only the words of a page's main part."""
    return " ".join(unescape(TAGS.sub(" ", page.partition("<main")[2])).split())


def said(page: str) -> str:
    """This function will cut a page to the first words of its main part."""
    return words(page)[:300]


def quoted(page: str) -> tuple[int, str]:
    """This function will read a price off its check page: what is received, in minor units, and the rate."""
    main = page.partition("<main")[2]
    amounts, rate = AMOUNT.findall(main), RATE.search(words(page))
    if len(amounts) < len(("given", "received")) or rate is None:
        raise Wrong(f"the check page shows no price: {said(page)}")
    return _minor(amounts[1]), rate[1]


def numbers(page: str) -> list[tuple[int, int]]:
    """This function will read the movements on a statement page: amount and balance after it, in minor units."""
    cells = [_minor(TAGS.sub("", cell)) for cell in CELL.findall(page)]
    return list(zip(cells[::2], cells[1::2], strict=True))


def _minor(text: str) -> int:
    digits = int(re.sub(r"[^0-9]", "", text))
    return -digits if any(sign in text for sign in "-−") else digits


# Customers' accounts with the bank's currency position: together they never change but by what crosses the counter.
BALANCES = """
    SELECT balance.currency, count(*) FILTER (WHERE account_id = ANY (%s)), sum(booked)::bigint,
           min(booked) FILTER (WHERE account_id = ANY (%s))
      FROM ledger_balance balance JOIN ledger_account account ON account.id = balance.account_id
     WHERE account_id = ANY (%s) OR account.code LIKE 'fx-%%' GROUP BY balance.currency
"""


class Snapshots:
    """Reads all balances at once, past the portal, and knows what they must come to."""

    def __init__(self, settings: dict[str, Any], books: list[int], totals: dict[str, int]) -> None:
        self.settings, self.books, self.totals = settings, books, totals
        self.connection: psycopg.Connection[Any] | None = None
        self.lock = threading.Lock()

    def look(self) -> str | None:
        """This function will say what is wrong with the balances at this moment; None for nothing. Raises NotYet."""
        with self.lock:
            try:
                if self.connection is None:
                    self.connection = psycopg.connect(**self.settings, autocommit=True)
                rows = self.connection.execute(BALANCES, [self.books, self.books, self.books]).fetchall()
            except psycopg.Error as trouble:
                if self.connection is not None:
                    self.connection.close()
                self.connection = None
                raise NotYet(repr(trouble)) from trouble
        found = {row[0]: row[2] for row in rows}
        if found != self.totals or sum(row[1] for row in rows) != len(self.books):
            return f"the balances come to {found}, not to {self.totals}"
        lowest = min(row[3] for row in rows)
        return f"an account stands at {lowest}" if lowest < 0 else None


class Client(threading.Thread):
    """One of the many who use the bank at once."""

    def __init__(
        self, number: int, *, port: int, people: list[dict[str, Any]], journal: Journal, snapshots: Snapshots,
        seed: int, until: float, patience: float, lose: float = 0.0,
    ) -> None:  # fmt: skip
        super().__init__(name=f"client {number}", daemon=True)
        self.number, self.people, self.journal, self.snapshots = number, people, journal, snapshots
        self.browsers = [Browser(port, person) for person in people]
        self.chance, self.until, self.patience = Random(f"{seed}:{number}"), until, patience
        self.lose = lose  # the share of confirmations whose answer is lost on its way
        self.mine: list[Payment] = []

    def run(self) -> None:
        """Act until the time is up."""
        acts = ((0.15, self.read_page), (0.20, self.read_balances), (0.225, self.pay_oneself), (0.275, self.ask_again),
                (0.295, self.ask_for_more), (0.345, self.exchange), (1.0, self.pay))  # fmt: skip
        while time.monotonic() < self.until:
            turn = self.chance.random()
            act = next(act for share, act in acts if turn < share)
            try:
                act()
            except NotYet as trouble:
                self.journal.missed(trouble)
                time.sleep(self.chance.uniform(0.1, 0.5))
            except Wrong as wrong:
                self.journal.accuse(str(wrong))
        for browser in self.browsers:
            browser.close()

    def order(self) -> tuple[Browser, Payment]:
        """This function will think of somebody to pay."""
        browser = self.chance.choice(self.browsers)
        person = browser.person
        payee = self.chance.choice(person["payees"])
        source = person["accounts"][payee["currency"]]
        key = uuid.UUID(int=self.chance.getrandbits(128), version=4)
        return browser, Payment(
            client=self.number, customer=person["customer"], key=str(key),
            currency=payee["currency"], source=source["id"], to=payee["to"], from_books=source["books"],
            to_books=payee["books"], amount=self.chance.randint(1, MOST),
        )  # fmt: skip

    def pay(self) -> None:
        """Pay somebody, again and again under the same key until an answer comes or patience ends."""
        browser, payment = self.order()
        payment.begun = time.monotonic()
        settle(browser, payment, self.journal, patience=self.patience, chance=self.chance, lose=self.lose)
        self.journal.paid(payment)
        if payment.outcome == DONE:
            self.mine.append(payment)

    def exchange(self) -> None:
        """Change money of one's own into another currency, at the price that is shown."""
        browser = self.chance.choice(self.browsers)
        person = browser.person
        given, got = self.chance.sample(sorted(person["accounts"]), k=2)
        source, destination = person["accounts"][given], person["accounts"][got]
        payment = Payment(
            client=self.number, customer=person["customer"],
            key=str(uuid.UUID(int=self.chance.getrandbits(128), version=4)), currency=given, source=source["id"],
            to=destination["id"], from_books=source["books"], to_books=destination["books"],
            amount=self.chance.randint(50, MOST), begun=time.monotonic(), exchange=True,
        )  # fmt: skip
        settle(browser, payment, self.journal, patience=self.patience, chance=self.chance, lose=self.lose)
        self.journal.paid(payment)
        if payment.outcome == DONE:
            self.mine.append(payment)

    def pay_oneself(self) -> None:
        """Try to pay from an account to the same account: refused, always."""
        browser, payment = self.order()
        payment.to = f"account:{payment.source}"
        outcome, place = send(browser, payment)
        if outcome != REFUSED:
            raise Wrong(f"a payment to the same account led to {place}")
        self.journal.count("payments to oneself, refused")

    def ask_again(self) -> None:
        """Send an order once more that was answered: the same receipt, and nothing moves."""
        if self.mine:
            before = self.chance.choice(self.mine)
            outcome, place = send(self._browser_of(before), before)
            if (outcome, place) != (DONE, before.receipt):
                raise Wrong(f"asked again, {before.receipt} became {outcome} {place}")
            self.journal.count("replays, answered with the first receipt")

    def ask_for_more(self) -> None:
        """Send an answered order's key with another amount: the first receipt is shown, and nothing moves."""
        if self.mine:
            before = self.chance.choice(self.mine)
            changed = Payment(**{**asdict(before), "amount": before.amount % MOST + 1})
            outcome, place = send(self._browser_of(before), changed)
            if (outcome, place) not in ((DONE, before.receipt), (REFUSED, "")):
                raise Wrong(f"with another amount, {before.receipt} became {outcome} {place}")
            self.journal.count("replays with another amount, refused")

    def read_page(self) -> None:
        """Look at a receipt of one's own, or at a statement, whose lines must add up."""
        if self.mine and self.chance.random() < 0.5:
            before = self.chance.choice(self.mine)
            status, _place, _page = self._browser_of(before).ask("GET", before.receipt)
            if status != HTTPStatus.OK:
                raise Wrong(f"the receipt {before.receipt} answered {status}")
            self.journal.count("receipts read")
            return
        browser = self.chance.choice(self.browsers)
        account = self.chance.choice(list(browser.person["accounts"].values()))
        status, _place, page = browser.ask("GET", f"/accounts/{account['id']}/")
        if status != HTTPStatus.OK:
            raise Wrong(f"the statement answered {status}")
        rows = numbers(page)
        if not rows or any(later[1] - later[0] != sooner[1] for later, sooner in pairwise(rows)):
            raise Wrong(f"a statement does not add up: {rows[:5]}")
        if min(balance for _amount, balance in rows) < 0:
            raise Wrong(f"a statement shows a balance below zero: {rows[:5]}")
        self.journal.count("statements read")

    def read_balances(self) -> None:
        """Read all balances at once from the database."""
        if wrong := self.snapshots.look():
            raise Wrong(wrong)
        self.journal.count("balances read at once")

    def _browser_of(self, payment: Payment) -> Browser:
        return next(one for one in self.browsers if one.person["customer"] == payment.customer)


def settle(
    browser: Browser, payment: Payment, journal: Journal, *, patience: float, chance: Random, lose: float = 0.0
) -> None:
    """This function will send an order until the bank says what became of it, or until patience ends. Raises Wrong."""
    end = time.monotonic() + patience
    while True:
        payment.tries += 1
        try:
            payment.outcome, payment.receipt = send(
                browser, payment, lose=payment.tries == 1 and chance.random() < lose
            )
        except NotYet as trouble:
            journal.missed(trouble)
            payment.lost |= isinstance(trouble, AnswerLost)
            if time.monotonic() > end:
                payment.ended = time.monotonic()
                return
            time.sleep(chance.uniform(0.2, 1.0))
            continue
        payment.ended = time.monotonic()
        return
