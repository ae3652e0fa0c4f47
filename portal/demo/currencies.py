"""The demo bank's reference rates, and a customer who has dollars and has exchanged some of them."""

import uuid
from datetime import datetime, timedelta
from pathlib import Path

from accounts.access import codes, stepup
from accounts.models import BankAccount, Customer
from accounts.services import open_demand_account
from core.policy import loader
from ledger import chart, posting
from ledger.calendar import business_date
from payments import exchange
from payments.exchange.services import exchanges, loading
from portal.demo import interest, people

RATES = Path(exchange.__file__).parent / "data" / "ecb_demo.csv"
FIGURES = Path(__file__).parent / "figures.csv"  # old rates count here, and every page says of which day they are
FORM = uuid.uuid5(uuid.NAMESPACE_URL, "demo:exchange")
CAME_IN, EXCHANGED = 3_000_00, 500_00  # cents


def load(*, now: datetime) -> None:
    """This function will take the demo's rates in and give its customer an account in dollars; safe to run again."""
    loader.load(FIGURES, now=now)
    interest.load(now=now)
    loading.load(RATES, source="ecb", now=now)
    customer = Customer.objects.get(user__email=people.CUSTOMER.email)
    if BankAccount.objects.filter(customers=customer, currency="USD").exists():
        return
    dollars = open_demand_account(customer=customer, currency="USD", key="demo:dollars", now=now)
    BankAccount.objects.filter(pk=dollars.pk).update(nickname="美元账户", district=customer.district)
    posting.post(
        key="demo:dollars:funding",
        kind="cash.deposit",
        channel="counter",
        business_date=business_date(now),
        lines=[
            posting.Line(chart.ensure("USD", now=now)["cash"], -CAME_IN, "现钞存入"),
            posting.Line(dollars.ledger_account_id, CAME_IN, "现钞存入"),
        ],
    )
    _exchange(customer, dollars, now=now - timedelta(minutes=30))


def _exchange(customer: Customer, dollars: BankAccount, *, now: datetime) -> None:
    """Exchange some of it as a customer does: priced, checked, confirmed with a code of half an hour ago."""
    yuan = BankAccount.objects.filter(customers=customer, currency="CNY", account_class="i").earliest("pk")
    if customer.user is None:
        return
    wanted = exchanges.Order(dollars.public_id, yuan.public_id, EXCHANGED, "sell", "旅行结余")
    made = exchanges.draft(customer=customer, key=FORM, order=wanted, now=now)
    one = exchanges.requote(customer=customer, exchange_id=made, now=now)
    takes = exchanges.asked(customer, one, seconds=None, now=now)
    question = stepup.start(
        user=customer.user, operation=exchanges.OPERATION, payload=takes.binds(exchanges.shown(one)), now=now
    )
    code = codes.code_at(secret=people.totp_secret(people.CUSTOMER), moment=now)
    stepup.answer(user=customer.user, challenge_id=question.id, code=code, now=now)
    exchanges.confirm(customer=customer, exchange_id=made, quote_id=one.quote.id, challenge_id=question.id, now=now)
