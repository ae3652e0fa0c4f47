"""What is kept of what a customer pays abroad (accounts.personal)."""

from collections.abc import Iterator, Sequence

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from accounts.models import Customer
from accounts.personal import Coded, Column, Section, Value
from ledger.money import Money
from payments.crossborder.models import Paper, PayeeAbroad, Payment


def personal_data(*, customer: Customer, language: str) -> Sequence[Section]:  # noqa: ARG001 - the active one
    """This function will list a customer's payments abroad, the documents of each, and the payees kept for them."""
    payment, payee, paper = "crossborder.Payment.", "crossborder.PayeeAbroad.", "crossborder.Paper."
    return [
        Section(
            key="payments_abroad",
            group="payments",
            title=_("Your payments abroad"),
            columns=[
                Column("reference", _("Reference"), f"{payment}reference"),
                Column("state", _("State"), f"{payment}state"),
                Column("from", _("From account")),
                Column("payee", _("Payee"), f"{payment}payee_name"),
                Column("address", _("Address"), f"{payment}payee_address"),
                Column("country", _("Country"), f"{payment}payee_country"),
                Column("bank", _("BIC"), f"{payment}payee_bic"),
                Column("bank_country", _("Country of the bank"), f"{payment}bank_country"),
                Column("to", _("To account"), f"{payment}payee_number"),
                Column("amount", _("Amount"), f"{payment}amount"),
                Column("debit", _("Taken from the account"), f"{payment}debit"),
                Column("fee", _("Fee"), f"{payment}fee"),
                Column("charges", _("Who pays the fees"), f"{payment}charges"),
                Column("rate", _("Rate"), f"{payment}rate"),
                Column("worth", _("Worth in US dollars"), f"{payment}usd"),
                Column("ground", _("Ground"), f"{payment}basis"),
                Column("purpose", _("Purpose"), f"{payment}purpose"),
                Column("purpose_note", _("What exactly"), f"{payment}purpose_note"),
                Column("memo", _("Message to the payee"), f"{payment}memo"),
                Column("asked_at", _("Asked for"), f"{payment}created_at"),
                Column("confirmed_at", _("Confirmed"), f"{payment}confirmed_at"),
                Column("sent_at", pgettext("when", "Sent"), f"{payment}sent_at"),
                Column("arrived_at", _("Arrived"), f"{payment}arrived_at"),
                Column("ended_at", _("Came back"), f"{payment}ended_at"),
                Column("came_back", _("Amount that came back"), f"{payment}came_back"),
                Column("credited", _("Credited"), f"{payment}credited"),
                Column("reason_code", _("Reason code"), f"{payment}reason_code"),
                Column("reasons", _("Reasons"), f"{payment}refusal_reasons"),
                Column("promised", _("Promised by"), f"{payment}promised_on"),
                Column("business_date", _("Business date"), f"{payment}business_date"),
            ],
            rows=lambda: _payments(customer),
        ),
        Section(
            key="payees_abroad",
            group="payments",
            title=_("Your payees abroad"),
            columns=[
                Column("name", _("Payee"), f"{payee}name"),
                Column("address", _("Address"), f"{payee}address"),
                Column("country", _("Country"), f"{payee}country"),
                Column("bank_country", _("Country of the bank"), f"{payee}bank_country"),
                Column("bank", _("BIC"), f"{payee}bic"),
                Column("account", _("Account number"), f"{payee}number"),
                Column("alias", _("Name in the list"), f"{payee}alias"),
                Column("group", _("Group"), f"{payee}group"),
                Column("note", pgettext("payee", "Note"), f"{payee}note"),
                Column("favourite", _("Favourite"), f"{payee}favourite"),
                Column("added_at", _("Added"), f"{payee}created_at"),
                Column("removed_at", _("Removed"), f"{payee}archived_at"),
            ],
            rows=lambda: (
                PayeeAbroad.objects.filter(customer=customer)
                .order_by("name", "pk")
                .values_list(
                    "name",
                    "address",
                    "country",
                    "bank_country",
                    "bic",
                    "number",
                    "alias",
                    "group",
                    "note",
                    "favourite",
                    "created_at",
                    "archived_at",
                )
            ),
        ),
        Section(
            key="abroad_documents",
            group="payments",
            title=_("Documents of your payments abroad"),
            columns=[
                Column("payment", _("Reference")),
                Column("name", _("File name"), f"{paper}name"),
                Column("added_at", _("Added"), f"{paper}added_at"),
            ],
            rows=lambda: (
                Paper.objects.filter(payment__payer=customer)
                .order_by("pk")
                .values_list("payment__reference", "name", "added_at")
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
            one.payee_name,
            one.payee_address,
            one.payee_country,
            one.payee_bic,
            one.bank_country,
            one.payee_number,
            Money(one.amount, one.currency),
            Money(one.debit, one.debit_currency),
            Money(one.fee, one.fee_currency),
            Coded(one.charges, one.get_charges_display()),
            "" if one.rate is None else f"{one.rate.normalize():f}",
            Money(one.usd, "USD"),
            Coded(one.basis, one.get_basis_display()),
            Coded(one.purpose, one.get_purpose_display()),
            one.purpose_note,
            one.memo,
            one.created_at,
            one.confirmed_at,
            one.sent_at,
            one.arrived_at,
            one.ended_at,
            None if one.came_back is None else Money(one.came_back, one.currency),
            None if one.credited is None else Money(one.credited, one.credited_currency),
            one.reason_code,
            ", ".join(one.refusal_reasons),
            one.promised_on,
            one.business_date,
        )
