"""What in the wing of accounts stands against the end of a relationship (accounts.mydata.closing)."""

from collections.abc import Sequence
from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.ending import Obstacle
from accounts.masks import tail
from accounts.models import BankAccount, Customer
from accounts.mydata.models import Correction
from accounts.queries import accounts_of
from core.ui import formats
from ledger.money import Money


def money(*, customer: Customer, now: datetime) -> Sequence[Obstacle]:  # noqa: ARG001 - the checks' signature
    """This function will list the accounts a customer owns that hold money, owe some, or have an amount held."""
    found = []
    for account in accounts_of(customer):
        if not account.is_owner or account.status != BankAccount.Status.OPEN:
            continue
        about = {"last": tail(account.number)}
        if account.held:
            found.append(
                Obstacle(
                    f"held:{account.public_id}",
                    _(
                        "%(amount)s is held on the account ending in %(last)s. "
                        "It is released once the payment is settled."
                    )
                    % {**about, "amount": _amount(account.held, account.currency)},
                    reverse("statement", args=[account.public_id]),
                    _("See the account"),
                )
            )
        if account.booked > 0:
            found.append(
                Obstacle(
                    f"balance:{account.public_id}",
                    _("The account ending in %(last)s holds %(amount)s. Send the money where you want it.")
                    % {**about, "amount": _amount(account.booked, account.currency)},
                    f"{reverse('transfer')}?from={account.public_id}",
                    _("Send the money"),
                )
            )
        elif account.booked < 0:
            found.append(
                Obstacle(
                    f"overdrawn:{account.public_id}",
                    _("The account ending in %(last)s is overdrawn by %(amount)s. Pay that in first.")
                    % {**about, "amount": _amount(-account.booked, account.currency)},
                    reverse("statement", args=[account.public_id]),
                    _("See the account"),
                )
            )
    return found


def open_cases(*, customer: Customer, now: datetime) -> Sequence[Obstacle]:  # noqa: ARG001
    """This function will name a correction that is being decided."""
    if not Correction.objects.filter(customer=customer, state=Correction.State.IN_REVIEW).exists():
        return []
    return [
        Obstacle(
            "correction",
            _("A correction of your data is being looked at. Wait for the answer, or take it back."),
            reverse("mydata_corrections"),
            _("See the correction"),
        )
    ]


def _amount(minor: int, currency: str) -> str:
    return formats.amount(Money(minor, currency).decimal, currency)
