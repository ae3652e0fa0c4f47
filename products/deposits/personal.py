"""What is kept of the interest on a customer's accounts (accounts.personal)."""

from collections.abc import Iterator, Sequence

from django.utils.translation import gettext as _

from accounts.models import Customer
from accounts.personal import Column, Section, Value
from accounts.queries import accounts_of
from ledger.money import Money
from products.deposits.models import Settlement


def personal_data(*, customer: Customer, language: str) -> Sequence[Section]:  # noqa: ARG001 - the active one
    """This function will list the interest that was credited on the accounts a customer owns."""
    of = "deposits.Settlement."
    return [
        Section(
            key="interest",
            group="accounts",
            title=_("Interest on your accounts"),
            columns=[
                Column("account", _("Account number")),
                Column("first_day", _("First day"), f"{of}first_day"),
                Column("last_day", _("Last day"), f"{of}last_day"),
                Column("percent", _("Per cent a year"), f"{of}percent"),
                Column("interest", _("Interest"), f"{of}interest"),
            ],
            rows=lambda: _periods(customer),
        )
    ]


def _periods(customer: Customer) -> Iterator[Sequence[Value]]:
    held = {account.id: account for account in accounts_of(customer) if account.is_owner}
    for row in Settlement.objects.filter(bank_account_id__in=held).order_by("bank_account_id", "first_day").iterator():
        account = held[row.bank_account_id]
        yield (
            account.number, row.first_day, row.last_day, f"{row.percent.normalize():f}",
            Money(row.interest, account.currency),
        )  # fmt: skip
