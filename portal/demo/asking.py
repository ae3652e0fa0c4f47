"""What a visitor of the demo bank sees of requests for money: one waits for its payers, one is paid."""

import uuid
from datetime import datetime, timedelta

from accounts.models import BankAccount, Customer
from ledger.calendar import business_date
from payments.requests.models import MoneyRequest
from payments.requests.services import asking, paying
from portal.demo import approving, people

FORM = "demo:asked:{}"
DINNER, TICKET = 96_00, 68_00  # fen, of each who pays
DAYS = 7


def load(*, now: datetime) -> None:
    """This function will have the customer ask for money twice, and the friend pay one of the two.

    Safe to run again and after a kill: what was asked stays, and is paid once.
    """
    mei = Customer.objects.get(user__email=people.CUSTOMER.email)
    hao = Customer.objects.get(user__email=people.FRIEND.email)
    then = now - timedelta(minutes=40)
    ticket = _asked(mei, TICKET, "音乐会门票", people=1, now=then)
    _asked(mei, DINNER, "周五火锅，一人一份", people=3, now=then)
    if ticket.state == MoneyRequest.State.OPEN and business_date(then) <= ticket.last_day:
        _pay(hao, ticket, now=then)


def _asked(who: Customer, amount: int, words: str, *, people: int, now: datetime) -> MoneyRequest:
    key = uuid.uuid5(uuid.NAMESPACE_URL, FORM.format(words))
    before = who.money_requests.filter(key=key).first()
    if before is not None:
        return before
    last_day = business_date(now) + timedelta(days=DAYS)
    wanted = asking.Ask(_account(who).public_id, amount, words, last_day, people)
    return MoneyRequest.objects.get(public_id=asking.make(customer=who, key=key, ask=wanted, now=now))


def _pay(payer: Customer, request: MoneyRequest, *, now: datetime) -> None:
    """Pay by the link as a customer does: filled in, checked, confirmed with the code of that moment."""
    if payer.user is None:
        return
    drafted = paying.draft(
        customer=payer,
        token=request.token,
        key=uuid.uuid5(uuid.NAMESPACE_URL, FORM.format("paid")),
        pay=paying.Pay(source=_account(payer).public_id, sure=True),
        now=now,
    )
    approving.confirm(people.FRIEND, payer, transfer_id=drafted.transfer_id, now=now)


def _account(who: Customer) -> BankAccount:
    found: BankAccount = BankAccount.objects.filter(customers=who, status="open", currency="CNY").earliest("pk")
    return found
