"""What is kept of a customer's visits to the counter and of what was done there (accounts.personal)."""

from collections.abc import Iterator, Sequence

from django.utils.translation import gettext as _

from accounts.models import Customer
from accounts.personal import Coded, Column, Section, Value
from ledger.money import Money
from payments.counter.models import Operation, Visit


def personal_data(*, customer: Customer, language: str) -> Sequence[Section]:  # noqa: ARG001 - the active one
    """This function will list when a customer was at the counter, and what they had done there."""
    visit, operation = "counter.Visit.", "counter.Operation."
    return [
        Section(
            key="counter_visits",
            group="payments",
            title=_("Your visits to the branch counter"),
            columns=[
                Column("at", _("Time"), f"{visit}began_at"),
                Column("branch", _("Branch")),
                Column("found_by", _("Found by"), f"{visit}found_by"),
                Column("document", _("Document sighted"), f"{visit}document_kind"),
                Column("ending", _("Last four of the document"), f"{visit}document_ending"),
            ],
            rows=lambda: _visits(customer),
        ),
        Section(
            key="counter_operations",
            group="payments",
            title=_("What you had done at the branch counter"),
            columns=[
                Column("reference", _("Reference"), f"{operation}reference"),
                Column("kind", _("Kind"), f"{operation}kind"),
                Column("state", _("State"), f"{operation}state"),
                Column("account", _("Account")),
                Column("payee", _("Payee"), f"{operation}payee_name"),
                Column("amount", _("Amount"), f"{operation}amount"),
                Column("memo", _("Memo"), f"{operation}memo"),
                Column("cash_note", _("Where the cash comes from or goes to"), f"{operation}cash_note"),
                Column("created_at", _("Filled in"), f"{operation}created_at"),
                Column("done_at", _("Done"), f"{operation}done_at"),
                Column("reversed_at", _("Undone"), f"{operation}reversed_at"),
            ],
            rows=lambda: _operations(customer),
        ),
    ]


def _visits(customer: Customer) -> Iterator[Sequence[Value]]:
    found = Visit.objects.filter(customer=customer).select_related("day__till__branch").order_by("-id")
    for one in found.iterator(chunk_size=500):
        yield (
            one.began_at,
            str(one.day.till.branch),
            Coded(one.found_by, one.get_found_by_display()),
            Coded(one.document_kind, one.get_document_kind_display()),
            one.document_ending,
        )


def _operations(customer: Customer) -> Iterator[Sequence[Value]]:
    found = Operation.objects.filter(customer=customer).select_related("account").order_by("-id")
    for one in found.iterator(chunk_size=500):
        yield (
            one.reference,
            Coded(one.kind, one.get_kind_display()),
            Coded(one.state, one.get_state_display()),
            one.account.number,
            one.payee_name,
            Money(one.amount, one.currency),
            one.memo,
            one.cash_note,
            one.created_at,
            one.done_at,
            one.reversed_at,
        )
