"""What is kept of what a customer pays to other banks (accounts.personal)."""

from collections.abc import Iterator, Sequence

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from accounts.models import Customer
from accounts.personal import Coded, Column, Section, Value
from ledger.money import Money
from payments.clearing.models import OtherPayee, Payment


def personal_data(*, customer: Customer, language: str) -> Sequence[Section]:  # noqa: ARG001 - the active one
    """This function will list a customer's payments to other banks and the payees kept for them."""
    payment, payee = "clearing.Payment.", "clearing.OtherPayee."
    return [
        Section(
            key="bank_payments",
            group="payments",
            title=_("Your payments to other banks"),
            columns=[
                Column("reference", _("Reference"), f"{payment}reference"),
                Column("state", _("State"), f"{payment}state"),
                Column("from", _("From account")),
                Column("bank", _("Bank number"), f"{payment}payee_bank"),
                Column("to", _("To account"), f"{payment}payee_number"),
                Column("payee", _("Payee"), f"{payment}payee_name"),
                Column("amount", _("Amount"), f"{payment}amount"),
                Column("memo", _("Memo"), f"{payment}memo"),
                Column("mode", _("When it leaves"), f"{payment}mode"),
                Column("path", _("Path"), f"{payment}path"),
                Column("leaves_at", _("Leaves at"), f"{payment}execute_at"),
                Column("promised_by", _("Promised by"), f"{payment}promised_by"),
                Column("asked_at", _("Asked for"), f"{payment}created_at"),
                Column("confirmed_at", _("Confirmed"), f"{payment}confirmed_at"),
                Column("sent_at", pgettext("when", "Sent"), f"{payment}sent_at"),
                Column("settled_at", _("Arrived"), f"{payment}settled_at"),
                Column("ended_at", _("Came back"), f"{payment}ended_at"),
                Column("reason", _("Reason code"), f"{payment}reason_code"),
                Column("business_date", _("Business date"), f"{payment}business_date"),
            ],
            rows=lambda: _payments(customer),
        ),
        Section(
            key="other_payees",
            group="payments",
            title=_("Your payees at other banks"),
            columns=[
                Column("name", _("Payee"), f"{payee}name"),
                Column("bank", _("Bank number"), f"{payee}bank_code"),
                Column("account", _("Account number"), f"{payee}number"),
                Column("alias", _("Name in the list"), f"{payee}alias"),
                Column("group", _("Group"), f"{payee}group"),
                Column("note", pgettext("payee", "Note"), f"{payee}note"),
                Column("favourite", _("Favourite"), f"{payee}favourite"),
                Column("added_at", _("Added"), f"{payee}created_at"),
                Column("removed_at", _("Removed"), f"{payee}archived_at"),
            ],
            rows=lambda: (
                OtherPayee.objects.filter(customer=customer)
                .order_by("name", "pk")
                .values_list(
                    "name", "bank_code", "number", "alias", "group", "note", "favourite", "created_at", "archived_at"
                )
            ),
        ),
    ]


def _payments(customer: Customer) -> Iterator[Sequence[Value]]:
    rows = Payment.objects.filter(payer=customer).select_related("source").order_by("-created_at", "-pk")
    for one in rows.iterator(chunk_size=500):
        yield (
            one.reference,
            Coded(one.state, one.get_state_display()),
            one.source.number,
            one.payee_bank,
            one.payee_number,
            one.payee_name,
            Money(one.amount, one.currency),
            one.memo,
            Coded(one.mode, one.get_mode_display()),
            Coded(one.path, one.get_path_display()),
            one.execute_at,
            one.promised_by,
            one.created_at,
            one.confirmed_at,
            one.sent_at,
            one.settled_at,
            one.ended_at,
            one.reason_code,
            one.business_date,
        )
