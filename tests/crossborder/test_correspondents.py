"""The embedded correspondents: behave like real ones, faults included, and play the same day twice; and what people
then see to on the desk.
"""

import gzip
import shutil
from collections.abc import Iterable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as site
from django.db import transaction
from lxml import etree

from accounts.models import BankAccount
from core.changes.errors import Refused
from ledger import balances, chart
from payments.clearing.embedded import writing
from payments.clearing.models import RepairItem, Statement
from payments.clearing.repair import Repair
from payments.crossborder import correspondents, queries
from payments.crossborder.embedded import fates
from payments.crossborder.embedded.fates import Kind
from payments.crossborder.embedded.simulator import OPENING, Correspondents
from payments.crossborder.models import Payment
from payments.crossborder.services import rounds
from payments.crossborder.states import State
from tests.factories import crossborder as make
from tests.factories import identity

pytestmark = pytest.mark.django_db
ENDS = {
    Kind.ARRIVE: State.ARRIVED,
    Kind.REJECT: State.REJECTED,
    Kind.RETURN: State.RETURNED,
    Kind.SILENCE: State.SENT,
    Kind.TWICE: State.ARRIVED,
    Kind.GARBAGE: State.ARRIVED,
    Kind.STATEMENT_ONLY: State.RETURNED,
    Kind.STRAY: State.ARRIVED,
    Kind.NEVER_WAS: State.ARRIVED,
    Kind.WHOLE: State.RETURNED,
    Kind.AFTERWARDS: State.RETURNED,
}


def banks(folder: Path, seed: int = 7) -> Correspondents:
    return Correspondents(
        folder=folder, seed=seed, key_from_bank=site.CLEARING_KEY_OUT, key_to_bank=site.CLEARING_KEY_IN,
        correspondents=list(correspondents.all_of_them().values()),
    )  # fmt: skip


def day(folder: Path, gateway: Any, now: datetime, *, minutes: int, seed: int = 7, step: int = 15) -> None:
    """Let both sides work; the correspondents are started anew each time, as after a kill."""
    for second in range(0, minutes * 60, step):
        rounds.run(now=now + timedelta(seconds=second), gateway=gateway)
        banks(folder, seed).tick(now + timedelta(seconds=second))


def booked(account: BankAccount) -> int:
    return balances.of([account.ledger_account_id])[account.ledger_account_id].booked


def test_a_day_of_every_fault_ends_with_books_that_agree_with_every_statement_to_the_cent(
    now: datetime, tmp_path: Path, settings: Any
) -> None:
    wang = make.sender(dollars=1_000_000_00, now=now)
    make.raise_counts(wang.customer, now=now)
    gateway = make.gateway(tmp_path, settings)
    for currency in ("USD", "JPY"):
        make.fund_nostro(currency, OPENING * (100 if currency == "USD" else 1), now=now)
    paid = {
        kind: make.ready(wang, 500_00 + cents, source=wang.dollars, now=now) for cents, kind in fates.BY_AMOUNT.items()
    }
    yen = make.ready(wang, 20_012, currency="JPY", now=now)
    before = booked(wang.dollars)
    day(tmp_path / "abroad", gateway, now, minutes=5)
    assert {kind: State(make.again(payment).state) for kind, payment in paid.items()} == ENDS
    assert sorted(RepairItem.objects.values_list("cause", flat=True)) == [
        "malformed", "no_reference", "unknown_payment", "unknown_payment",
    ]  # fmt: skip
    came = sum(make.again(payment).came_back or 0 for payment in paid.values())
    assert came == 5 * 500_00 + 11 + 12 + 16 + 19 + 20 - 3 * 10_00
    fee = make.again(paid[Kind.WHOLE]).fee  # the banks' fault
    assert booked(wang.dollars) == before + came + fee
    for currency in ("USD", "JPY"):
        newest = Statement.objects.filter(currency=currency).latest("sequence")
        assert (newest.unexplained, newest.outstanding) == (0, 0)
    assert make.again(yen).came_back == 20_012 - 400


def test_a_seeded_day_is_played_twice_alike_and_another_seed_plays_another(
    wang: make.Sender, now: datetime, tmp_path: Path, settings: Any
) -> None:
    gateway = make.gateway(tmp_path, settings)
    for amount in (100_12, 100_14, 100_16, 321_00, 654_32):
        make.ready(wang, amount, source=wang.dollars, now=now)
    rounds.run(now=now, gateway=gateway)
    played = []
    for name, seed in (("first", 7), ("second", 7), ("other", 8)):
        folder = tmp_path / name
        shutil.copytree(tmp_path / "abroad" / "out", folder / "out")
        for second in range(0, 120, 10):
            banks(folder, seed).tick(now + timedelta(seconds=second))
        played.append({path.name: path.read_bytes() for path in sorted((folder / "in").iterdir())})
    assert played[0] == played[1] != played[2]
    assert len(played[0]) > 16
    assert {fates.fate(seed=1, reference=f"T{number}", amount=1_00).kind for number in range(3000)} == set(Kind)


SCHEMAS = Path(site.BASE_DIR).parent / "shared" / "data" / "iso20022"


@pytest.mark.parametrize("name", ["pacs.002.001.10", "pacs.004.001.09"])
def test_what_correspondents_write_is_valid_against_the_official_schema(name: str, now: datetime) -> None:
    path = SCHEMAS / f"{name}.xsd.gz"
    if not path.exists():
        pytest.skip(f"the official schema {name} is not in ../shared/data/iso20022")
    schema = etree.XMLSchema(etree.fromstring(gzip.decompress(path.read_bytes())))
    for content in written(name, now):
        schema.assertValid(etree.fromstring(content))


def written(name: str, now: datetime) -> Iterable[bytes]:
    """Every shape in which the two embedded systems write a message."""
    common: dict[str, Any] = {
        "message_id": "M-1", "at": now, "original_message": "a" * 32, "reference": "T261123-7K4M9Q2P",
        "currency": "USD",
    }  # fmt: skip
    for sender in ("", "LANTUS33XXX"):
        if name == "pacs.002.001.10":
            for status, code in (("ACSP", ""), ("RJCT", "AC01")):
                yield writing.status(**common, status=status, code=code, amount=100_00, sender=sender)
        else:
            for kept in (0, 15_00):
                yield writing.returned(**common, amount=85_00, code="AC04", kept=kept, sender=sender or "LANTUS33XXX")


# ── what people then do ──────────────────────────────────────────────────────


@pytest.fixture
def side(wang: make.Sender, now: datetime, tmp_path: Path, settings: Any) -> make.Correspondent:
    return make.correspondent(tmp_path, settings, now=now)


def repaired(item: RepairItem, action: str, payment: Payment | None, now: datetime) -> None:
    """What two people have agreed on is carried out."""
    payload = {"item": str(item.public_id), "action": action, "payment": payment.reference if payment else ""}
    kind = Repair()
    kind.validate(payload, now=now)
    assert kind.approvals(payload, now=now).bands == "clearing.cny"
    assert kind.present(payload, now=now).effects
    teller = identity.make_staff(f"{item.public_id}@example.com", "teller")
    with transaction.atomic():
        kind.apply(payload, key=f"test:{item.public_id}", actor=teller, now=now)


def test_a_line_that_named_nobody_is_matched_and_one_that_came_besides_goes_to_the_payer_once(
    wang: make.Sender, side: make.Correspondent, now: datetime
) -> None:
    sent = make.sent(wang, 1_000_00, side, source=wang.dollars, now=now)
    side.put(side.statement((-1_000_00, ""), (15_00, ""), (15_00, ""), now=now))
    side.put(side.returned(sent, kept=20_00, now=now), name="z.xml")
    side.round(now)
    debit, more, again = RepairItem.objects.order_by("pk")
    repaired(debit, "match", sent, now)
    before = booked(wang.dollars)
    repaired(more, "return", sent, now)
    assert booked(wang.dollars) == before + 15_00
    with pytest.raises(Refused):  # 980 and 15 came of 1,000: there is no room for 15 more
        repaired(again, "return", sent, now)
    repaired(again, "suspense", None, now)
    nostro, suspense = chart.find("nostro", "USD"), chart.find("suspense", "USD")
    found = balances.of([nostro, suspense])
    assert (found[nostro].booked, found[suspense].booked) == (-1_000_000_00 - 10_00, 15_00)
    newest = Statement.objects.get()
    compared = queries.compare(account=newest.account, currency="USD", closing=newest.closing)
    assert (compared.unexplained, compared.outstanding, compared.open) == (0, -980_00, 0)


def test_people_end_a_silent_payment_and_an_answer_after_that_moves_nothing(
    wang: make.Sender, side: make.Correspondent, now: datetime
) -> None:
    sent, later = make.sent(wang, 1_000_00, side, source=wang.dollars, now=now), now + timedelta(days=9)
    side.round(later)
    before = booked(wang.dollars)
    repaired(RepairItem.objects.get(), "return", sent, later)
    assert (make.again(sent).state, booked(wang.dollars)) == (State.REJECTED, before + 1_000_00)
    side.put(side.returned(sent, now=later))
    side.round(later)
    assert booked(wang.dollars) == before + 1_000_00
    assert list(RepairItem.objects.filter(state="open").values_list("cause", flat=True)) == ["contradicts"]


def test_money_in_suspense_goes_to_the_payer_as_soon_as_there_is_an_account_for_it(
    wang: make.Sender, side: make.Correspondent, now: datetime
) -> None:
    BankAccount.objects.filter(pk=wang.dollars.pk).update(status="closed")
    sent, later = make.sent(wang, 1_000_00, side, now=now), now + timedelta(days=40)
    side.put(side.returned(sent, now=later))
    side.round(later)
    item = RepairItem.objects.get(cause="no_rate")
    payload = {"item": str(item.public_id), "action": "return", "payment": sent.reference}
    with pytest.raises(Refused), transaction.atomic():  # there is still no rate
        Repair().apply(payload, key="k", actor=identity.make_staff("u@example.com", "teller"), now=later)
    BankAccount.objects.filter(pk=wang.dollars.pk).update(status="open")
    before = booked(wang.dollars)
    repaired(item, "return", sent, later)
    payment = make.again(sent)
    assert (payment.credited, payment.credited_to, booked(wang.dollars)) == (
        1_000_00, wang.dollars, before + 1_000_00,
    )  # fmt: skip
