"""Figures of deposits: rates, day bases, the settlement day."""

from datetime import timedelta

from accounts.models import BankAccount
from products.deposits.models import Settlement
from tests.factories import deposits as make
from tests.factories import payments as money
from tests.house.figures.ground import Ground, Observe, Watch


def earned(currency: str) -> Observe:
    """What a large account earns from one settlement day to the next, in minor units."""

    def look(ground: Ground) -> list[int]:
        first = ground.today.replace(day=1)
        make.begins(first - timedelta(days=1), currency)
        account = money.account(ground.customer, currency=currency, now=ground.now)
        BankAccount.objects.filter(pk=account.pk).update(opened_on=first)
        make.book(account, 9_000_000_000_00, first, now=ground.now)
        make.end(first + timedelta(days=60), account)
        return list(Settlement.objects.filter(bank_account=account).values_list("interest", flat=True))

    return look


WATCHED = {
    **{
        f"interest.demand.{figure}.{each}": Watch(earned(each.upper()), changed=changed)
        for figure, changed in (("rate", "0.02"), ("day_basis", "364"))
        for each in ("cny", "usd", "eur", "gbp", "jpy", "hkd")
    },
    "interest.demand.settles_on": Watch(earned("CNY"), changed="19"),
}
