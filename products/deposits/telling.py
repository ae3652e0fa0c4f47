"""What this room says beside an account's balance (accounts.statements.growing)."""

from datetime import datetime

from django.urls import reverse

from accounts.queries import HeldAccount
from accounts.statements.growing import Earning
from products.deposits import queries


def on_account(*, account: HeldAccount, now: datetime) -> Earning | None:
    """This function will tell the interest that has grown on an account until yesterday."""
    found = queries.so_far(account, now=now)
    if found is None:
        return None
    return Earning(found.interest, found.credited_on, reverse("account_interest", args=[account.public_id]))
