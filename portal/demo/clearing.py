"""The demo bank's money with its correspondent, and somebody at other banks to pay."""

from datetime import datetime

from accounts.models import Customer
from ledger import chart, posting
from ledger.calendar import business_date
from payments.clearing.embedded.simulator import OPENING
from payments.clearing.models import OtherPayee
from portal.demo import people

PAYEES = (
    ("陈静", "308584000013", "6225880188886666"),
    ("上海云杉物业有限公司", "310290000013", "98990078801300001234"),
    ("刘洋", "105100000017", "6217001210066668888"),
)


def load(*, now: datetime) -> None:
    """This function will put the bank's own money where the embedded clearing system has it; safe to run again."""
    ids = chart.ensure("CNY", now=now)
    posting.post(
        key="demo:nostro:funding",
        kind="books.entry",
        channel="system",
        business_date=business_date(now),
        lines=[
            posting.Line(ids["nostro"], -OPENING, "存放同业"),
            posting.Line(ids["central-bank"], OPENING, "存放同业"),
        ],
    )
    customer = Customer.objects.get(user__email=people.CUSTOMER.email)
    for name, bank, number in PAYEES:
        OtherPayee.objects.get_or_create(
            customer=customer, bank_code=bank, number=number, defaults={"name": name, "created_at": now}
        )
