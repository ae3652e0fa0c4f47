"""What a visitor of the demo bank sees of recalls: one that was asked of a friend, one they are asked, one dispute."""

import uuid
from datetime import datetime

from django.db import transaction

from accounts import queries as holders
from accounts.models import BankAccount, Customer
from ledger.calendar import business_date
from payments import movements, names
from payments.models import Payee, Transfer
from payments.recalls.models import Dispute
from payments.recalls.services import asking, disputing
from payments.services import agreed
from payments.services.orders import Order
from portal.demo import people

FORM = uuid.uuid5(uuid.NAMESPACE_URL, "demo:dispute")


def load(*, now: datetime) -> None:
    """This function will have the customer and the friend send each other money and ask for it back; once."""
    mei = Customer.objects.get(user__email=people.CUSTOMER.email)
    hao = Customer.objects.get(user__email=people.FRIEND.email)
    if mei.recalls.exists():
        return
    sent = _sent(mei, hao, amount=260_00, memo="周末聚餐", now=now)
    asking.ask_payee(customer=mei, transfer_id=sent.public_id, why="amount", words="多付了，麻烦退回", now=now)
    got = _sent(hao, mei, amount=88_00, memo="电影票", now=now)
    asking.ask_payee(customer=hao, transfer_id=got.public_id, why="twice", words="这笔付了两次", now=now)
    _dispute(mei, sent, now=now)


def _sent(payer: Customer, payee: Customer, *, amount: int, memo: str, now: datetime) -> Transfer:
    """A transfer agreed to before, as a standing order's is: booked, with its receipt."""
    source, destination = _account(payer), _account(payee)
    known, _made = Payee.objects.get_or_create(
        customer=payer, bank_account=destination, state=Payee.State.ACTIVE,
        defaults={
            "alias": payee.legal_name, "shown_name": names.masked(payee.legal_name), "created_at": now,
            "name_check": Payee.NameCheck.AGREES, "expires_at": now, "confirmed_at": now,
        },
    )  # fmt: skip
    order = Order(source=source.public_id, to_account=None, to_payee=known.public_id, amount=amount, memo=memo)
    key = uuid.uuid5(uuid.NAMESPACE_URL, f"demo:recalled:{payer.pk}:{memo}")
    with transaction.atomic():
        made = agreed.make(
            customer=payer,
            agreed=agreed.Agreed(
                order=order, source=source, destination=destination, posting_key=f"demo:recalled:{key}", key=key,
                step_up=None, reason="demo",
            ),
            on=business_date(now),
            now=now,
        )  # fmt: skip
    return Transfer.objects.get(public_id=made.transfer)


def _account(who: Customer) -> BankAccount:
    found: BankAccount = BankAccount.objects.filter(customers=who, status="open", currency="CNY").earliest("pk")
    return found


def _dispute(who: Customer, beside: Transfer, *, now: datetime) -> None:
    """An older movement of the same account that the customer does not recognise."""
    account = holders.account_of(who, beside.source.public_id)
    newest = movements.movement_by_entry(beside.source_id, beside.entry_id or 0)
    older = movements.movement_of(beside.source_id, newest.number - 3) if newest else None
    if account is None or older is None:
        return
    said = disputing.Said(Dispute.About.NOT_MINE, "这一笔我没有印象，当天我不在那里。")
    disputing.begin(customer=who, account=account, movement=older, key=FORM, said=said, now=now)
