"""The payee book of the demo bank's customer: a favourite, a group with a note, and somebody who is new on the list.

And two searches of transactions that she keeps under a name.
"""

from datetime import datetime, timedelta

from accounts.models import BankAccount, Customer
from accounts.statements import searches
from payments import names
from payments.models import Payee
from portal.demo import people

KNOWN = timedelta(days=60)
NEW = timedelta(minutes=25)
TRAINER = "健身教练"


def load(*, neighbours: list[BankAccount], now: datetime) -> None:
    """This function will put a friend and two neighbours on the customer's list; what is there stays as it is."""
    customer = Customer.objects.get(user__email=people.CUSTOMER.email)
    friend = BankAccount.objects.filter(customers__user__email=people.FRIEND.email).earliest("pk")
    landlord, trainer = neighbours[:2]
    keep(customer, friend, alias="陈浩", group="朋友", favourite=True, since=now - KNOWN)
    keep(customer, landlord, alias="房东", group="家里", note="每月 5 日付房租", since=now - KNOWN)
    keep(customer, trainer, alias=TRAINER, since=now - NEW)


def load_searches(*, now: datetime) -> None:
    """This function will keep two searches for the customer, once."""
    customer = Customer.objects.get(user__email=people.CUSTOMER.email)
    if customer.saved_searches.exists():
        return
    searches.save(customer=customer, name="上月房租", query={"q": "房租", "period": "last_month"}, now=now)
    large = {"least": "500", "period": "last_90_days", "direction": "out"}
    searches.save(customer=customer, name="大额支出", query=large, now=now)


def keep(
    customer: Customer,
    account: BankAccount,
    *,
    alias: str,
    since: datetime,
    group: str = "",
    note: str = "",
    favourite: bool = False,
) -> None:
    """This function will put somebody on a customer's list as of a moment; who is there stays as they are."""
    if customer.payees.filter(bank_account=account).exists():
        return
    owner = account.dispositions.get(role="owner").customer
    Payee.objects.create(
        customer=customer,
        bank_account=account,
        alias=alias,
        shown_name=names.masked(owner.legal_name),
        name_check=Payee.NameCheck.AGREES,
        state=Payee.State.ACTIVE,
        group=group,
        note=note,
        favourite=favourite,
        created_at=since,
        expires_at=since + timedelta(minutes=30),
        confirmed_at=since,
    )
