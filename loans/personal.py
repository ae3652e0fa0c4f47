"""What is kept of a customer's loans (accounts.personal)."""

from collections.abc import Sequence

from django.utils.translation import gettext as _

from accounts.models import Customer
from accounts.personal import Coded, Column, Section
from ledger.money import Money
from loans import queries


def personal_data(*, customer: Customer, language: str) -> Sequence[Section]:  # noqa: ARG001 - the active one
    """This function will list the loans on a customer's own accounts."""
    at = "loans.Loan."
    return [
        Section(
            key="loans",
            group="loans",
            title=_("Your loans"),
            columns=[
                Column("granted_on", _("Granted on"), f"{at}granted_on"),
                Column("account", _("Account number")),
                Column("state", _("State"), f"{at}state"),
                Column("months", _("Months"), f"{at}months"),
                Column("amount", _("Amount lent"), f"{at}amount"),
                Column("monthly_payment", _("Monthly payment"), f"{at}monthly_payment"),
            ],
            rows=lambda: (
                (
                    loan.granted_on,
                    loan.account_number,
                    Coded(loan.state, loan.state_label),
                    loan.months,
                    Money(loan.amount, loan.currency),
                    Money(loan.monthly_payment, loan.currency),
                )
                for loan in queries.loans_of(customer)
            ),
        )
    ]
