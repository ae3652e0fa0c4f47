"""What loans stand against the end of a relationship (accounts.mydata.closing)."""

from collections.abc import Sequence
from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext as _

from accounts.ending import Obstacle
from accounts.masks import tail
from accounts.models import Customer
from loans import queries
from loans.models import Loan

OPEN = (Loan.State.RUNNING, Loan.State.IN_ARREARS, Loan.State.ENDED_UNPAID)


def open_loans(*, customer: Customer, now: datetime) -> Sequence[Obstacle]:  # noqa: ARG001 - the checks' signature
    """This function will list the loans that are not repaid."""
    return [
        Obstacle(
            f"loan:{loan.public_id}",
            _("The loan paid from the account ending in %(last)s is not repaid. Ask us what it takes to repay it now.")
            % {"last": tail(loan.account_number)},
            reverse("accounts_overview"),
            _("See the loan"),
        )
        for loan in queries.loans_of(customer)
        if loan.state in OPEN
    ]
