"""What interest stands against the end of a relationship (accounts.mydata.closing)."""

from collections.abc import Sequence
from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.ending import Obstacle
from accounts.masks import tail
from accounts.models import BankAccount, Customer
from accounts.queries import accounts_of
from core.ui import formats
from products.deposits import queries


def not_credited(*, customer: Customer, now: datetime) -> Sequence[Obstacle]:
    """This function will name the empty accounts of a customer on which interest has grown that is not credited yet."""
    found = []
    for account in accounts_of(customer):
        if not account.is_owner or account.status != BankAccount.Status.OPEN or account.booked:
            continue
        grown = queries.so_far(account, now=now)
        if grown is None or not grown.interest.minor:
            continue
        amount = formats.amount(grown.interest.decimal, account.currency)
        found.append(
            Obstacle(
                f"interest:{account.public_id}",
                _(
                    "%(amount)s of interest has grown on the account ending in %(last)s. "
                    "Have it credited, then send it on."
                )
                % {"amount": amount, "last": tail(account.number)},
                reverse("account_interest", args=[account.public_id]),
                _("See the interest"),
            )
        )
    return found
