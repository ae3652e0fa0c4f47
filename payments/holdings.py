"""A customer's standing orders for the page of everything they hold (accounts.statements.holdings)."""

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from accounts.models import Customer
from accounts.numbers import grouped
from accounts.statements.holdings import Cell, Holding
from core.ui.templatetags.ui import amount_html
from ledger.money import Money
from payments.standing_orders import HeldOrder, standing_orders_of

# What another bank's file may say a standing order is for (payments/bank_import.py).
PURPOSES: dict[str, Promise] = {
    "household": gettext_lazy("Household bills"),
    "loan_payment": gettext_lazy("Loan payment"),
    "insurance": gettext_lazy("Insurance"),
    "leasing": gettext_lazy("Leasing"),
    "other": pgettext_lazy("purpose of a standing order", "Other"),
}


def standing_orders(*, customer: Customer) -> Holding | None:
    """This function will list the standing orders on a customer's own accounts; None when there is none."""
    held = standing_orders_of(customer)
    if not held:
        return None
    return Holding(
        key="standing-orders",
        title=_("Standing orders"),
        headings=[
            Cell(_("Payee")),
            Cell(_("Purpose")),
            Cell(_("Paid from")),
            Cell(_("Rhythm")),
            Cell(_("State")),
            Cell(_("Amount"), numeric=True),
        ],
        rows=[
            [
                Cell(_payee(order)),
                Cell(str(PURPOSES.get(order.purpose, order.purpose))),
                Cell(grouped(order.source_number)),
                Cell(order.rhythm_label),
                Cell(order.status_label),
                Cell(amount_html(Money(order.amount, order.currency).decimal, order.currency), numeric=True),
            ]
            for order in held
        ],
        note=_("Agreed with your former bank and kept here to read. We do not carry them out."),
    )


def _payee(order: HeldOrder) -> str:
    """Name the payee as well as the other bank did: name, bank, account."""
    return " · ".join(
        part
        for part in (
            order.payee_name,
            _("bank %(code)s") % {"code": order.payee_bank} if order.payee_bank else "",
            grouped(order.payee_account),
        )
        if part
    )
