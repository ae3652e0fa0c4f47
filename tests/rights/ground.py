"""Everybody who may come to an address, and a record of each kind that an address can show."""

import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

from allauth.mfa.models import Authenticator
from django.core.management import call_command
from django.db import transaction
from django.test import Client
from django.utils import timezone

from accounts import queries as holders
from accounts.access import stepup
from accounts.access.models import FactorDevice, KnownDevice, StepUp
from accounts.guidance.models import Article
from accounts.inbox.models import Notice
from accounts.models import Customer, User
from accounts.preferences import quick
from accounts.roles import Role
from accounts.staff import services as staff
from accounts.staff.models import Leave
from accounts.statements import issuing, papers
from accounts.statements.models import BalanceCertificate, MonthlyStatement
from core import outbox
from core.changes.models import Change
from core.outbox import relay
from core.outbox.models import Delivery
from core.reviews.models import Case
from ledger.calendar import business_date
from payments import queries
from payments.models import Holding, Transfer
from payments.services import transfers
from tests.factories import (
    access,
    changes,
    clearing,
    counter,
    crossborder,
    exchange,
    monitoring,
    mydata,
    recalls,
    schedules,
    statements,
)
from tests.factories import identity as desk
from tests.factories import payments as money
from tests.factories import requests as asking


@dataclass
class Persona:
    """Somebody, signed in as far as they can be."""

    name: str
    client: Client
    customer: str = ""  # "", "new" or "verified"
    role: str = ""

    @property
    def signed_in(self) -> bool:
        return bool(self.customer or self.role)


@dataclass
class Ground:
    now: datetime
    people: dict[str, Persona]
    mine: money.Pair  # the verified persona pays
    theirs: money.Pair  # nobody of the personas
    cases: dict[str, Any] = field(default_factory=dict)


def lay(*, now: datetime, csrf: bool = False) -> Ground:
    """Make the personas and their records."""

    def browser() -> Client:
        return Client(enforce_csrf_checks=csrf, headers={"accept-language": "en"})

    call_command("load_guidance", verbosity=0)
    mine, theirs = money.pair(balance=5_000_00, now=now), money.pair(balance=5_000_00, now=now)
    people = {"stranger": Persona("stranger", browser())}
    new = desk.make_customer("new@example.com", now=now)
    desk.fill_in(new, now=now)
    people["newcomer"] = Persona("newcomer", desk.enter(browser(), new.user), customer="new")
    money.enrol(mine.payer)
    access.recovery_codes(mine.payer.user)
    people["customer"] = Persona("customer", desk.enter(browser(), mine.payer.user), customer="verified")
    for role in Role:
        staff = desk.make_staff(f"{role.value}@example.com", role.value)
        people[role.value] = Persona(role.value, desk.enter(browser(), staff), role=role.value)
    return Ground(now, people, mine, theirs)


def drafted(pair: money.Pair, now: datetime) -> Transfer:
    found = pair.payer.transfers.filter(state=Transfer.State.DRAFT).first()
    if found is not None:
        return found
    made = transfers.draft(customer=pair.payer, key=uuid.uuid4(), order=money.order(pair, 10_00), now=now)
    return Transfer.objects.get(public_id=made.transfer_id)


def confirmed(pair: money.Pair, now: datetime) -> Transfer:
    """A transfer of the pair's payer whose money has moved."""
    found = pair.payer.transfers.filter(state=Transfer.State.CONFIRMED).first()
    if found is not None:
        return found
    made = transfers.draft(customer=pair.payer, key=uuid.uuid4(), order=money.order(pair, 10_00), now=now)
    record = queries.transfer_of(pair.payer, made.transfer_id)
    assert record is not None
    assert pair.payer.user is not None
    question = stepup.start(
        user=pair.payer.user, operation=transfers.OPERATION, payload=transfers.shown(record), now=now
    )
    StepUp.objects.filter(public_id=question.id).update(verified_at=now)
    transfers.confirm(customer=pair.payer, transfer_id=made.transfer_id, challenge_id=question.id, now=now)
    return Transfer.objects.get(public_id=made.transfer_id)


def held(pair: money.Pair, now: datetime) -> Holding:
    """A transfer of the pair's payer that waits for their word."""
    return pair.payer.holdings.filter(state=Holding.State.HELD).first() or money.held(pair, now=now)


def notice(customer: Customer, now: datetime) -> Notice:
    assert customer.user is not None
    found = Notice.objects.filter(user=customer.user).first()
    if found is None:
        key = uuid.uuid4().hex
        texts = {code: {"title": "t", "body": "b"} for code in ("zh-hans", "en")}
        found = Notice.objects.create(user=customer.user, event="test", key=key, created_at=now, texts=texts)
    return found


def passkey(customer: Customer) -> FactorDevice:
    found = FactorDevice.objects.filter(user=customer.user, authenticator__type=Authenticator.Type.WEBAUTHN).first()
    if found is not None:
        return found
    made = Authenticator.objects.create(
        user=customer.user, type=Authenticator.Type.WEBAUTHN, data={"name": "key", "credential": {}}
    )
    return FactorDevice.objects.get(authenticator=made)


def case(now: datetime) -> Case:
    """An identity case that waits on the desk."""
    found = Case.objects.filter(state="open").first()
    if found is None:
        desk.send(desk.make_customer(f"{uuid.uuid4().hex}@example.com", now=now), now=now)
        relay.drain(now=now)
        found = Case.objects.get(state="open")
    return found


# For whoever holds the link and banks here: what it shows belongs to the one who gave it.
BY_LINK = frozenset({"request_pay"})
# route -> what its address is filled with, for the record of a pair's payer
FIXED: dict[str, dict[str, Any]] = {
    "identity_photo": {"side": "front"},
    "admin:app_list": {"app_label": "audit"},
    "admin:changes_ask": {"kind": "policy.figure"},
    "admin:monitoring_draft": {"code": "F01"},
    "staff_welcome": {"token": "made-up"},
    "help_article": {"slug": "send-money"},
    "payee_abroad_add": {"where": "DE"},
    **mydata.FIXED,
    "recover_photo": {"side": "selfie"},
    "recover_stop": {"token": "made-up"},
    "not_me": {"token": "made-up"},
}


def sent(route: str) -> dict[str, str]:
    """What is sent to an address that only takes sending: nothing, unless it does not exist for nothing."""
    return {"do": f"up:{quick.offered()[0][0].key}"} if route == "preferences_arrange" else {}


def parked(now: datetime) -> Delivery:
    """A delivery that failed too often."""
    found = Delivery.objects.filter(state="parked").first()
    if found is None:
        with transaction.atomic():
            fact = outbox.record(kind="inbox.mail", payload={"notice": str(uuid.uuid4())}, owner="nobody:1", now=now)
        Delivery.objects.filter(fact_id=fact).update(state="parked", attempts=5)
        found = Delivery.objects.get(fact_id=fact)
    return found


def change(now: datetime) -> Change:
    """A change of a policy figure that waits, asked for by nobody of the personas."""
    found = Change.objects.first()
    if found is None:
        asker = changes.staff("risk_officer")
        found = changes.ask("policy.figure", changes.figure(since=timezone.localdate(now)), by=asker, now=now)
    return found


def colleague(now: datetime) -> User:
    """Somebody who works here and is nobody of the personas."""
    return User.objects.filter(employee_number__isnull=False).first() or changes.staff("reviewer")


def absence(now: datetime) -> Leave:
    found = Leave.objects.first()
    if found is None:
        day = timezone.localdate(now) + timedelta(days=3)
        found = staff.enter_leave(
            public_id=colleague(now).public_id, starts_on=day, ends_on=day, deputy=None, actor=colleague(now), now=now
        )
    return found


STAFF_RECORDS: dict[str, Callable[[datetime], dict[str, Any]]] = {
    **mydata.STAFF_RECORDS,
    "end_customer_sessions": lambda _now: {
        "public_id": Customer.objects.filter(user__isnull=False).order_by("pk")[0].public_id
    },
    "admin:reviews_case": lambda now: {"public_id": case(now).public_id},
    **{
        f"admin:reviews_{act}": lambda now: {"public_id": case(now).public_id}
        for act in ("ask", "recall", "hand_over", "correct")
    },
    **{f"admin:changes_{act}": lambda now: {"public_id": change(now).public_id} for act in ("change", "withdraw")},
    **{
        f"admin:staff_{act}": lambda now: {"public_id": colleague(now).public_id}
        for act in ("colleague", "invite_again", "leave", "departure")
    },
    "admin:staff_leave_cancel": lambda now: {"leave_id": absence(now).public_id},
    "admin:reviews_claim": lambda now: {"public_id": case(now).public_id},
    "admin:reviews_release": lambda now: {"public_id": case(now).public_id},
    "admin:reviews_decide": lambda now: {"public_id": case(now).public_id},
    "admin:outbox_delivery_try_again": lambda now: {"number": parked(now).pk},
    **{
        f"admin:guidance_{act}": lambda _now: {"number": Article.objects.get(slug="send-money").pk}
        for act in ("preview", "send", "take_back")
    },
    "admin:runs_item_try_again": lambda now: {"number": schedules.parked_item(now=now).pk},
    "admin:runs_run_progress": lambda now: {"number": schedules.parked_item(now=now).step.run_id},
    "admin:runs_run_let_through": lambda now: {"name": schedules.long_open(now=now).name},
    "admin:counter_new": lambda now: {"public_id": counter.records(now=now).visit.public_id, "kind": "deposit"},
    **{
        f"admin:counter_visit{act}": lambda now: {"public_id": counter.records(now=now).visit.public_id}
        for act in ("", "_leave")
    },
    **{
        f"admin:counter_{act}": lambda now: {"public_id": counter.records(now=now).operation.public_id}
        for act in ("operation", "confirm", "drop", "undo", "slip")
    },
    **{
        f"admin:counter_{act}": lambda now: {"public_id": counter.records(now=now).delivery.public_id}
        for act in ("delivery_withdraw", "vault_delivery", "vault_confirm", "vault_decline")
    },
    **{
        f"admin:monitoring_{act}": lambda now: {"public_id": monitoring.of_somebody(now=now).public_id}
        for act in ("trial", "trial_progress")
    },
    "admin:reviews_paper": lambda now: {"public_id": case(now).public_id, "name": "front"},
}


def known_device(customer: Customer, now: datetime) -> KnownDevice:
    """A browser the customer has signed in with."""
    return KnownDevice.objects.get_or_create(
        user=customer.user, digest="a" * 64, defaults={"first_seen_at": now, "last_seen_at": now}
    )[0]


def issued_month(pair: money.Pair, now: datetime) -> dict[str, int]:
    """A month of the payer's account with a statement."""
    months = [
        issuing.issue(bucket=bucket, through=business_date(now), now=now)
        for bucket in issuing.buckets(after=-1, most=1000)
    ]
    assert months
    month = MonthlyStatement.objects.filter(bank_account=pair.source).latest("month").month
    return {"year": month.year, "month": month.month}


def certified(pair: money.Pair, now: datetime) -> BalanceCertificate:
    """A certificate of the payer's balance."""
    account = holders.account_of(pair.payer, pair.source.public_id)
    assert account
    later = now + timedelta(days=1)
    return papers.certify(
        customer=pair.payer, accounts=[account], day=business_date(now), key=uuid.UUID(int=7), now=later
    ).certificate


RECORDS: dict[str, Callable[[money.Pair, datetime], dict[str, Any]]] = {
    **mydata.RECORDS,
    "statement": lambda pair, _now: {"public_id": pair.source.public_id},
    "account_interest": lambda pair, _now: {"public_id": pair.source.public_id},
    "account_interest_now": lambda pair, _now: {"public_id": pair.source.public_id},
    "statement_csv": lambda pair, _now: {"public_id": pair.source.public_id},
    "statement_xlsx": lambda pair, _now: {"public_id": pair.source.public_id},
    "statement_pdf": lambda pair, _now: {"public_id": pair.source.public_id},
    "movement_file_ask": lambda pair, _now: {"public_id": pair.source.public_id},
    "movement_file": lambda pair, now: {"public_id": statements.file_of(pair.payer, pair.source, now=now).public_id},
    "movement_file_state": lambda pair, now: {
        "public_id": statements.file_of(pair.payer, pair.source, now=now).public_id
    },
    "movement_file_download": lambda pair, now: {
        "public_id": statements.file_of(pair.payer, pair.source, now=now).public_id
    },
    "search_save": lambda pair, _now: {"public_id": pair.source.public_id},
    "search_rename": lambda pair, now: {"public_id": statements.search_of(pair.payer, now=now).public_id},
    "search_delete": lambda pair, now: {"public_id": statements.search_of(pair.payer, now=now).public_id},
    "monthly_statements": lambda pair, _now: {"public_id": pair.source.public_id},
    "monthly_statement_pdf": lambda pair, now: {"public_id": pair.source.public_id, **issued_month(pair, now)},
    "balance_certificate": lambda pair, now: {"public_id": certified(pair, now).public_id},
    "balance_certificate_pdf": lambda pair, now: {"public_id": certified(pair, now).public_id},
    "schedule_check": lambda pair, now: {"proposal_id": schedules.waiting(pair, now=now)},
    **{
        f"request{act}": lambda pair, now: {"request_id": asking.asked(pair.payer, pair.source, now=now).public_id}
        for act in ("", "_cancel")
    },
    "request_remind": lambda pair, now: {
        "request_id": asking.asked(pair.payer, pair.source, address=pair.destination.number, now=now).public_id
    },
    **{
        route: lambda pair, now: {"token": asking.asked(pair.receiver, pair.destination, now=now).token}
        for route in ("request_link", "request_pay")
    },
    **{
        f"request_{act}": lambda pair, now: {"request_id": asking.received(pair.payer, now=now).public_id}
        for act in ("received", "decline")
    },
    "request_allow": lambda pair, now: {"refused_id": asking.refused(pair.payer, now=now).public_id},
    "template": lambda pair, now: {"template_id": asking.template(pair, now=now).public_id},
    "template_drop": lambda pair, now: {"template_id": asking.template(pair, now=now).public_id},
    **{
        f"schedule{act}": lambda pair, now: {"schedule_id": schedules.one_of(pair, now=now).public_id}
        for act in ("", "_change", "_pause", "_resume", "_skip", "_cancel")
    },
    "transfer_check": lambda pair, now: {"transfer_id": drafted(pair, now).public_id},
    "transfer_sum": lambda pair, now: {"transfer_id": drafted(pair, now).public_id},
    **{
        f"transfer_held_{act}": lambda pair, now: {"transfer_id": held(pair, now).payment}
        for act in ("confirm", "stop", "lock")
    },
    "receipt": lambda pair, now: {"transfer_id": confirmed(pair, now).public_id},
    "receipt_pdf": lambda pair, now: {"transfer_id": confirmed(pair, now).public_id},
    "verify_receipt": lambda pair, now: {"code": confirmed(pair, now).verification_code},
    "movement": lambda pair, now: {"account_id": pair.source.public_id, "number": 1},
    "movement_issue": lambda pair, now: {"account_id": pair.source.public_id, "number": 1},
    "movement_pdf": lambda pair, now: {"account_id": pair.source.public_id, "number": 1},
    "exchange_check": lambda pair, now: {"exchange_id": exchange.waiting(pair, now).public_id},
    "exchange_receipt": lambda pair, now: {"exchange_id": exchange.confirmed(pair, now).public_id},
    "recall_transfer": lambda pair, now: {"transfer_id": recalls.for_rights(pair, now).transfer.public_id},
    "recall_payment": lambda pair, now: {"payment_id": clearing.in_time(pair, now).public_id},
    "recall_abroad": lambda pair, now: {"payment_id": crossborder.confirmed(pair, now).public_id},
    "recall": lambda pair, now: {"recall_id": recalls.for_rights(pair, now).public_id},
    "recall_asked": lambda pair, now: {"recall_id": recalls.back_to_payer(pair, now).public_id},
    "recall_refuse": lambda pair, now: {"recall_id": recalls.back_to_payer(pair, now).public_id},
    "dispute_new": lambda pair, now: {"account_id": pair.source.public_id, "number": 1},
    "dispute": lambda pair, now: {"dispute_id": recalls.for_rights_dispute(pair, now).public_id},
    "dispute_withdraw": lambda pair, now: {"dispute_id": recalls.for_rights_dispute(pair, now).public_id},
    "bank_transfer_check": lambda pair, now: {"payment_id": clearing.waiting(pair, now).public_id},
    "bank_payment": lambda pair, now: {"payment_id": clearing.waiting(pair, now).public_id},
    "bank_payment_take_back": lambda pair, now: {"payment_id": clearing.in_time(pair, now).public_id},
    "other_payee": lambda pair, now: {"payee_id": clearing.kept_payee(pair, now).public_id},
    "other_payee_remove": lambda pair, now: {"payee_id": clearing.kept_payee(pair, now).public_id},
    "payee_abroad": lambda pair, now: {"payee_id": crossborder.of_pair(pair, now=now).payee.public_id},
    "payee_abroad_remove": lambda pair, now: {"payee_id": crossborder.of_pair(pair, now=now).payee.public_id},
    **{
        f"payment_abroad{act}": lambda pair, now: {"payment_id": crossborder.confirmed(pair, now).public_id}
        for act in ("", "_take_back")
    },
    **{
        f"transfer_abroad_{act}": lambda pair, now: {"payment_id": crossborder.waiting(pair, now).public_id}
        for act in ("check", "renew", "papers")
    },
    "transfer_abroad_paper_remove": lambda pair, now: {
        "payment_id": crossborder.waiting(pair, now).public_id,
        "paper_id": crossborder.paper_of(pair, now).public_id,
    },
    "abroad_page": lambda pair, now: {"paper_id": crossborder.paper_of(pair, now).public_id, "number": 1},
    "payee": lambda pair, _now: {"payee_id": pair.payee.public_id},
    "payee_check": lambda pair, _now: {"payee_id": pair.payee.public_id},
    "payee_remove": lambda pair, _now: {"payee_id": pair.payee.public_id},
    "payee_trust": lambda pair, _now: {"payee_id": pair.payee.public_id},
    "payee_distrust": lambda pair, _now: {"payee_id": pair.payee.public_id},
    "payment_limit_stop": lambda pair, now: {"limit_id": money.higher_limit(pair, now=now).public_id},
    "inbox-open": lambda pair, now: {"public_id": notice(pair.payer, now).public_id},
    "device": lambda pair, now: {"public_id": known_device(pair.payer, now).public_id},
    "mfa_remove_webauthn": lambda pair, _now: {"public_id": passkey(pair.payer).public_id},
    "mfa_edit_webauthn": lambda pair, _now: {"public_id": passkey(pair.payer).public_id},
}
