"""The life of a payment abroad: where its money is at every moment, and what each refusal leaves as it was."""

import math
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import IntegrityError, connection, transaction

from accounts.access import stepup
from accounts.identity.models import WatchList
from core.outbox.models import Delivery
from ledger import balances, chart
from ledger.models import Entry
from payments.clearing.messages import safe
from payments.crossborder import queries
from payments.crossborder.fees import Charges
from payments.crossborder.models import Payment
from payments.crossborder.quota import Basis
from payments.crossborder.refusals import (
    BoughtForIt,
    CountryClosed,
    CurrencyNotSent,
    FeeTooLarge,
    NotScreened,
    OtherCurrency,
    PurposeClosed,
    TooLate,
    Undeclared,
    UnknownPayee,
)
from payments.crossborder.services import confirming, drafts, screening, sending
from payments.crossborder.services.drafts import PAYER_SIDE
from payments.crossborder.states import State
from payments.queries import standing
from payments.refusals import (
    DraftVoid,
    InsufficientFunds,
    KeyTaken,
    LimitReached,
    PayeeYoung,
    UnknownSource,
    UnknownTransfer,
)
from tests.factories import crossborder as make

pytestmark = pytest.mark.django_db


def booked(account: Any) -> int:
    return balances.of([account.ledger_account_id])[account.ledger_account_id].booked


def own(name: str, currency: str) -> int:
    account = chart.find(name, currency)
    return balances.of([account])[account].booked


def test_own_dollars_wait_in_transit_and_leave_for_the_nostro_with_a_valid_message(
    wang: make.Sender, now: datetime, tmp_path: Path, settings: Any
) -> None:
    gateway = make.gateway(tmp_path, settings)
    payment = make.accepted(wang, 10_000_00, source=wang.dollars, now=now)
    assert (payment.state, payment.basis) == (State.ACCEPTED, Basis.OWN)
    assert booked(wang.dollars) == 200_000_00 - 10_000_00 - payment.fee
    assert queries.held("USD") == 10_000_00 + payment.fee
    assert sending.run(now=now, gateway=gateway) == 0  # nobody has looked at it
    assert screening.screen(payment_id=payment.public_id, now=now) is State.READY
    assert screening.screen(payment_id=payment.public_id, now=now) is None
    assert sending.run(now=now, gateway=gateway) == 1
    assert sending.run(now=now, gateway=gateway) == 0
    payment = make.again(payment)
    assert payment.state == State.SENT
    assert (own("nostro", "USD"), own("fee-income", "USD"), queries.held("USD")) == (10_000_00, payment.fee, 0)
    (file,) = make.sent_files(tmp_path)
    root = safe.parse(file.read_bytes())
    safe.validate(root, "pacs.008.001.08")

    def said(path: str) -> str:
        return root.findtext(".//" + "/".join(f"{{*}}{name}" for name in path.split("/"))) or ""

    assert {
        "InstdAgt/FinInstnId/BICFI": said("InstdAgt/FinInstnId/BICFI"),
        "CdtrAgt/FinInstnId/BICFI": said("CdtrAgt/FinInstnId/BICFI"),
        "CdtrAcct/Id/IBAN": said("CdtrAcct/Id/IBAN"),
        "Cdtr/PstlAdr/Ctry": said("Cdtr/PstlAdr/Ctry"),
        "Dbtr/Nm": said("Dbtr/Nm"),
        "IntrBkSttlmAmt": said("IntrBkSttlmAmt"),
        "ChrgBr": said("ChrgBr"),
        "Purp/Cd": said("Purp/Cd"),
        "RmtInf/Ustrd": said("RmtInf/Ustrd"),
        "PmtId/UETR": said("PmtId/UETR"),
    } == {
        "InstdAgt/FinInstnId/BICFI": "LANTUS33XXX",
        "CdtrAgt/FinInstnId/BICFI": "COBADEFFXXX",
        "CdtrAcct/Id/IBAN": make.IBAN,
        "Cdtr/PstlAdr/Ctry": "DE",
        "Dbtr/Nm": "WANG XIAO MING",
        "IntrBkSttlmAmt": "10000.00",
        "ChrgBr": "SHAR",
        "Purp/Cd": "EDUC",
        "RmtInf/Ustrd": "INV 42",
        "PmtId/UETR": str(payment.public_id),
    }


def test_bought_dollars_go_through_the_position_at_the_quoted_rate(wang: make.Sender, now: datetime) -> None:
    before = booked(wang.yuan)
    payment = make.accepted(wang, 1_000_00, now=now)
    assert payment.basis == Basis.QUOTA
    assert booked(wang.yuan) == before - payment.debit - payment.fee
    assert (queries.held("USD"), queries.held("CNY")) == (1_000_00, payment.fee)
    assert own("fx-position", "USD") == -1_000_00
    assert payment.rate is not None
    assert payment.debit == math.ceil(1_000_00 * payment.rate)
    assert queries.year_of(wang.customer, on=now.date()).used == 1_000_00


def test_an_amount_on_the_payers_side_buys_what_it_is_worth(wang: make.Sender, now: datetime) -> None:
    payment = make.drafted(wang, 7_000_00, side=PAYER_SIDE, now=now)
    assert payment.debit == 7_000_00
    assert 0 < payment.amount < 1_000_00
    other_way = make.drafted(wang, payment.amount, now=now)
    assert abs(other_way.debit - payment.debit) <= 10  # fen: one unit of the dollar is seven of the yuan


@pytest.mark.parametrize("charges", list(Charges))
def test_who_bears_the_fee_decides_what_leaves_and_every_fee_ends_as_income(
    wang: make.Sender, now: datetime, tmp_path: Path, settings: Any, charges: Charges
) -> None:
    gateway = make.gateway(tmp_path, settings)
    payment = make.ready(wang, 1_000_00, charges=charges, now=now)
    sending.run(now=now, gateway=gateway)
    payment = make.again(payment)
    bears = charges is Charges.BEN
    assert payment.fee_currency == ("USD" if bears else "CNY")
    assert payment.leaves == 1_000_00 - (payment.fee if bears else 0)
    assert own("nostro", "USD") == payment.leaves
    assert own("fee-income", payment.fee_currency) == payment.fee > 0


def test_a_repeat_is_answered_with_the_first_result(wang: make.Sender, now: datetime) -> None:
    draft = make.drafted(wang, 1_000_00, now=now)
    question = make.approved(wang, draft, now)
    first, second = (make.confirm(wang, draft, now, question=question) for _time in range(2))
    assert first.entry_id == second.entry_id
    assert Entry.objects.filter(kind="crossborder.payment").count() == 1
    told = drafts.draft(customer=wang.customer, key=draft.key, order=make.order(wang, 1_000_00), now=now)
    assert (told.payment_id, told.confirmed) == (draft.public_id, True)
    with pytest.raises(KeyTaken):
        drafts.draft(customer=wang.customer, key=draft.key, order=make.order(wang, 1_000_01), now=now)


@pytest.mark.parametrize(
    ("changes", "refusal"),
    [
        ({"purpose": "home"}, PurposeClosed),
        ({"purpose": "securities"}, PurposeClosed),
        ({"purpose": "life"}, PurposeClosed),
        ({"currency": "CNY"}, CurrencyNotSent),
        ({"currency": "CZK"}, CurrencyNotSent),
        ({"given": 10_00, "charges": Charges.BEN}, FeeTooLarge),
        ({"given": 10_000_000_00}, InsufficientFunds),
        ({"given": 71_000_00}, LimitReached),  # beyond 500,000 yuan, the highest limit of one payment
    ],
)
def test_what_is_not_sent_is_refused_before_a_draft_is_kept(
    wang: make.Sender, now: datetime, changes: dict[str, Any], refusal: type[Exception]
) -> None:
    with pytest.raises(refusal):
        make.drafted(wang, changes.pop("given", 1_000_00), now=now, **changes)
    assert not Payment.objects.exists()


def test_out_of_dollars_only_dollars_are_sent(wang: make.Sender, now: datetime) -> None:
    with pytest.raises(OtherCurrency):
        make.drafted(wang, 1_000_00, source=wang.dollars, currency="EUR", now=now)


def test_a_country_nothing_is_sent_to_and_a_missing_watch_list_stop_everything(
    wang: make.Sender, now: datetime
) -> None:
    draft = make.drafted(wang, 1_000_00, now=now)
    question = make.approved(wang, draft, now)
    for place in ("country", "bank_country"):
        far = make.payee(wang.customer, now=now, number=f"1234{place}"[:20], is_iban=False, **{place: "KP"})
        with pytest.raises(CountryClosed):
            make.drafted(replace(wang, payee=far), 1_000_00, now=now)
    with connection.cursor() as cursor:
        cursor.execute("RESET ROLE")
        cursor.execute("DELETE FROM identity_watchentry")
    WatchList.objects.all().delete()
    with pytest.raises(NotScreened):
        make.drafted(wang, 1_000_00, now=now)
    with pytest.raises(NotScreened):
        make.confirm(wang, draft, now, question=question)
    assert booked(wang.yuan) == 10_000_000_00


def test_a_new_payee_gets_only_what_new_payees_get_and_limits_count_all_ways_together(now: datetime) -> None:
    wang = make.sender(limits=False, now=now)
    fresh = make.payee(wang.customer, now=now, days=0, number="DE02120300000000202051", bic="BYLADEM1001")
    young = replace(wang, payee=fresh)
    make.accepted(young, 2_000_00, now=now)  # about 14,200 yuan of the 20,000 for new payees
    with pytest.raises(PayeeYoung):
        make.drafted(young, 2_000_00, now=now)
    found = standing(customer_id=wang.customer.pk, currency="CNY", now=now)  # what every other way of paying asks
    assert (found.used.day_count, found.used.day) == (1, Payment.objects.get().cny)
    assert found.to_young == found.used.day > 13_000_00
    make.accepted(wang, 2_000_00, source=wang.dollars, now=now)
    make.accepted(wang, 2_000_00, now=now)
    with pytest.raises(LimitReached):  # of 50,000 yuan a day less than the worth of 2,000 dollars is left
        make.drafted(wang, 2_000_00, now=now)


def test_nothing_is_confirmed_without_the_declaration_or_with_a_code_for_something_else(
    wang: make.Sender, now: datetime
) -> None:
    one, other = make.drafted(wang, 1_000_00, now=now), make.drafted(wang, 1_001_00, now=now)
    question = make.approved(wang, one, now)
    with pytest.raises(Undeclared):
        confirming.confirm(
            customer=wang.customer, payment_id=one.public_id, challenge_id=question, declared=False, now=now
        )
    with pytest.raises(stepup.Refused):
        make.confirm(wang, other, now, question=question)
    Payment.objects.filter(pk=one.pk).update(purpose_note="Something else")
    with pytest.raises(stepup.Refused):
        make.confirm(wang, make.again(one), now, question=question)
    assert booked(wang.yuan) == 10_000_000_00
    assert not Delivery.objects.filter(fact__kind="crossborder.moved").exists()


def test_somebody_elses_payment_payee_and_account_do_not_exist(wang: make.Sender, now: datetime) -> None:
    other = make.sender(now=now, name="李明")
    theirs = make.accepted(other, 1_000_00, source=other.dollars, now=now)
    draft = make.drafted(other, 1_000_00, now=now)
    with pytest.raises(UnknownPayee):
        make.drafted(replace(wang, payee=other.payee), 1_000_00, now=now)
    with pytest.raises(UnknownSource):
        make.drafted(wang, 1_000_00, source=other.yuan, now=now)
    with pytest.raises(UnknownTransfer):
        confirming.take_back(customer=wang.customer, payment_id=theirs.public_id, now=now)
    with pytest.raises(UnknownTransfer):
        drafts.renew(customer=wang.customer, payment_id=draft.public_id, now=now)
    with pytest.raises(UnknownTransfer):
        make.document(wang, draft, now=now)
    assert make.again(theirs).state == State.ACCEPTED


def test_own_money_is_taken_back_until_it_leaves_and_bought_money_is_not(
    wang: make.Sender, now: datetime, tmp_path: Path, settings: Any
) -> None:
    payment = make.ready(wang, 1_000_00, source=wang.dollars, now=now)
    assert confirming.take_back(customer=wang.customer, payment_id=payment.public_id, now=now) is True
    assert confirming.take_back(customer=wang.customer, payment_id=payment.public_id, now=now) is False
    assert (booked(wang.dollars), queries.held("USD")) == (200_000_00, 0)
    assert queries.day_of(wang.customer, on=now.date()).used == 0
    bought = make.ready(wang, 1_000_00, now=now)
    with pytest.raises(BoughtForIt):
        confirming.take_back(customer=wang.customer, payment_id=bought.public_id, now=now)
    sending.run(now=now, gateway=make.gateway(tmp_path, settings))
    with pytest.raises(TooLate):
        confirming.take_back(customer=wang.customer, payment_id=bought.public_id, now=now)


def test_a_draft_nobody_confirmed_in_time_is_void(wang: make.Sender, now: datetime) -> None:
    draft = make.drafted(wang, 1_000_00, source=wang.dollars, now=now)
    later = now + timedelta(minutes=241)
    with pytest.raises(DraftVoid):
        make.confirm(wang, draft, later)
    assert drafts.expire(now=later) == 1
    assert make.again(draft).state == State.VOID


def test_a_message_leaves_on_a_working_day_and_a_killed_hand_over_goes_on(
    wang: make.Sender, now: datetime, tmp_path: Path, settings: Any
) -> None:
    gateway = make.gateway(tmp_path, settings)
    payment = make.ready(wang, 1_000_00, source=wang.dollars, now=now)
    assert sending.run(now=now - timedelta(days=1), gateway=gateway) == 0  # a Sunday

    class Dies(type(gateway)):  # type: ignore[misc]
        def send(self, **what: Any) -> None:
            super().send(**what)
            raise OSError("the disk is gone")

    with pytest.raises(OSError, match="disk"):
        sending.run(now=now, gateway=Dies())
    assert make.again(payment).state == State.READY
    first = [path.read_bytes() for path in make.sent_files(tmp_path)]
    assert sending.run(now=now, gateway=gateway) == 1
    assert [path.read_bytes() for path in make.sent_files(tmp_path)] == first
    assert own("nostro", "USD") == 1_000_00


def test_the_database_refuses_what_the_room_never_does(wang: make.Sender, now: datetime) -> None:
    payment = make.accepted(wang, 1_000_00, source=wang.dollars, now=now)
    for change in ({"state": "sent"}, {"amount": 1}, {"payee_number": "DE1"}, {"state": "revoked"}, {"usd": 0}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Payment.objects.filter(pk=payment.pk).update(**change)
    with pytest.raises(IntegrityError), transaction.atomic():
        payment.papers.create(name="late", digest="0" * 64, added_at=now)
    assert make.again(payment).state == State.ACCEPTED
