"""A customer's loans for the page of everything they hold (accounts.statements.holdings)."""

from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from accounts.models import Customer
from accounts.numbers import grouped
from accounts.statements.holdings import Cell, Holding
from core.ui import formats
from core.ui.templatetags.ui import amount_html
from ledger.money import Money
from loans import queries


def loans(*, customer: Customer) -> Holding | None:
    """This function will list the loans on a customer's own accounts; None when there is none."""
    held = queries.loans_of(customer)
    if not held:
        return None
    language = get_language()
    return Holding(
        key="loans",
        title=_("Loans"),
        headings=[
            Cell(_("Granted on")),
            Cell(_("Account")),
            Cell(_("State")),
            Cell(_("Term")),
            Cell(_("Amount lent"), numeric=True),
            Cell(_("Monthly payment"), numeric=True),
        ],
        rows=[
            [
                Cell(formats.day(loan.granted_on, language)),
                Cell(grouped(loan.account_number)),
                Cell(loan.state_label),
                Cell(ngettext("%(months)s month", "%(months)s months", loan.months) % {"months": loan.months}),
                Cell(amount_html(Money(loan.amount, loan.currency).decimal, loan.currency), numeric=True),
                Cell(amount_html(Money(loan.monthly_payment, loan.currency).decimal, loan.currency), numeric=True),
            ]
            for loan in held
        ],
    )
