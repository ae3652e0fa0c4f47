"""What a visitor of the demo bank sees of the rules against fraud: one in force, payments that it holds, an alert.

The rule is the one about large sums to new payees. It is put in force as in any bank: drafted and tried on the past by
the risk officer, agreed to by the approver.
"""

import uuid
from datetime import datetime, timedelta

from django.utils import timezone

from accounts.models import BankAccount, Customer, User
from core.changes import services as changes
from core.outbox import relay
from core.reviews import services as desk
from core.reviews.models import Case, Decision
from ledger.calendar import business_date
from payments.clearing import gateway
from payments.clearing.paths import Mode
from payments.clearing.services import payments
from payments.models import Payee
from payments.monitoring import changing, rules, trials
from payments.monitoring.models import Alert, RuleVersion
from payments.services import holding, transfers
from payments.services.orders import Order
from portal.demo import approving, clearing, payees, people
from portal.demo.people import DemoPerson

RULE = "F01"
FORM = "demo:watched:{}"
CAR, DEPOSIT, REST = 10_800_00, 11_000_00, 10_600_00  # fen, above what is large for a new payee
SELLER = clearing.PAYEES[2]  # at another bank, never paid before
COLLECTOR = ("张伟", "308584000013", "6225880123456787")
STRANGER = 5  # which of the neighbours
SINCE = timedelta(minutes=20)  # how long the friend knows the stranger
BEFORE = timedelta(minutes=5)  # so that the code used up here is not the one somebody signs in with


def load(*, neighbours: list[BankAccount], now: datetime) -> None:
    """This function will put the rule in force and have two customers meet it; once, and safe after a kill.

    The customer's payment to another bank waits for her word. The friend stopped one, which brings its alert to the
    desk, and was talked into a transfer here that waits for his.
    """
    if Alert.objects.exists() or not _put_in_force(now=now):
        return
    then = now - BEFORE if business_date(now - BEFORE) == business_date(now) else now
    hao = Customer.objects.get(user__email=people.FRIEND.email)
    mei = Customer.objects.get(user__email=people.CUSTOMER.email)
    if gateway.chosen() is not None:
        _pay(people.CUSTOMER, mei, SELLER, CAR, "二手车定金", now=then)
        stopped = _pay(people.FRIEND, hao, COLLECTOR, DEPOSIT, "退款保证金", now=then)
        holding.stop(customer=hao, payment_id=stopped, now=then)
    later = then + timedelta(minutes=1)  # the next code
    stranger = _stranger(hao, neighbours[STRANGER], now=later)
    _send(people.FRIEND, hao, stranger, REST, "补交保证金", now=later)


def _put_in_force(*, now: datetime) -> bool:
    """Say whether the rule counts; before that, have two people make it count. It needs the rules of the release."""
    newest = rules.newest(RULE)
    if newest is None:
        return False
    if newest.mode != RuleVersion.Mode.LIVE:
        risk, approver = (User.objects.get(email=one.email) for one in (people.RISK_OFFICER, people.APPROVER))
        trial = trials.ask(
            code=RULE, mode=RuleVersion.Mode.LIVE.value, outcome=newest.outcome, points=newest.points,
            condition=newest.condition, asked_by=risk, now=now,
        )  # fmt: skip
        relay.drain(now=timezone.now())
        change = changes.ask(
            kind=changing.KIND,
            payload={"trial": str(trial.public_id), "counts_from": business_date(now).isoformat()},
            reason="回测显示误报很少，转为正式启用。",
            asked_by=risk,
            now=now,
        )
        case = Case.objects.get(subject="change", subject_id=str(change.public_id))
        desk.claim(public_id=case.public_id, user=approver, now=now)
        case.refresh_from_db()
        desk.decide(
            public_id=case.public_id, user=approver, verdict=Decision.Verdict.APPROVE,
            digest=desk.seen(case, checks=list(case.checks.all())), note="", now=now,
        )  # fmt: skip
        relay.drain(now=timezone.now())
    return any(one.code == RULE and one.mode == RuleVersion.Mode.LIVE for one in rules.in_force(on=business_date(now)))


def _stranger(payer: Customer, account: BankAccount, *, now: datetime) -> Payee:
    payees.keep(payer, account, alias="客服老师", since=now - SINCE)
    found: Payee = payer.payees.filter(bank_account=account, state=Payee.State.ACTIVE).latest("pk")
    return found


def _pay(
    person: DemoPerson, payer: Customer, payee: tuple[str, str, str], amount: int, memo: str, *, now: datetime
) -> uuid.UUID:
    """Send money to another bank as a customer does, once; answers the payment's public id."""
    name, bank, number = payee
    drafted = payments.draft(
        customer=payer,
        key=uuid.uuid5(uuid.NAMESPACE_URL, FORM.format(f"bank:{payer.pk}")),
        order=payments.Order(
            source=_source(payer).public_id, bank=bank, number=number, name=name, amount=amount, mode=Mode.REAL_TIME,
            memo=memo,
        ),
        now=now,
    )  # fmt: skip
    approving.confirm_elsewhere(person, payer, payment_id=drafted.payment_id, now=now)
    return drafted.payment_id


def _send(person: DemoPerson, payer: Customer, payee: Payee, amount: int, memo: str, *, now: datetime) -> uuid.UUID:
    """Send money as a customer does, once; answers the transfer's public id."""
    drafted = transfers.draft(
        customer=payer,
        key=uuid.uuid5(uuid.NAMESPACE_URL, FORM.format(payer.pk)),
        order=Order(
            source=_source(payer).public_id, to_account=None, to_payee=payee.public_id, amount=amount, memo=memo
        ),
        now=now,
    )
    approving.confirm(person, payer, transfer_id=drafted.transfer_id, now=now)
    return drafted.transfer_id


def _source(payer: Customer) -> BankAccount:
    return BankAccount.objects.filter(customers=payer, status="open", currency="CNY").earliest("pk")
