"""The demo bank's branch: a vault with cash in it, two tills, and the two people who work there."""

from datetime import datetime

from accounts.models import District, User
from ledger import chart, posting
from ledger.calendar import business_date
from payments.counter.services import branches
from portal.demo import people

CASH = 3_000_000_00


def load(*, now: datetime) -> None:
    """This function will open the branch and fill its vault from the bank's own cash; safe to run again."""
    branch = branches.open_branch(
        code="SH01",
        name="陆家嘴支行",
        name_en="Lujiazui branch",
        currency="CNY",
        tills=2,
        district=District.objects.get(code="310115"),
        actor="demo",
        now=now,
    )
    first = posting.Line(chart.find("cash", "CNY"), CASH, "调拨现金至陆家嘴支行金库")
    posting.post(
        key="demo:vault:SH01",
        kind="books.entry",
        channel="system",
        business_date=business_date(branch.opened_at),
        lines=[first, posting.Line(branch.vault_id, -CASH, "调拨现金至陆家嘴支行金库")],
    )
    for person in (people.TELLER, people.SUPERVISOR):
        branches.place(user=User.objects.get(email=person.email), branch=branch, actor="demo", now=now)
