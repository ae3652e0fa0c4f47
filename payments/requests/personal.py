"""What is kept of what a customer asked for, was asked for, and keeps as templates (accounts.personal)."""

from collections.abc import Iterator, Sequence

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from accounts.models import Customer
from accounts.personal import Coded, Column, Section, Value
from ledger.money import Money
from payments import names
from payments.requests.models import MoneyRequest


def personal_data(*, customer: Customer, language: str) -> Sequence[Section]:  # noqa: ARG001 - the active one
    """This function will list a customer's requests for money, those that reached them, and their templates."""
    asked, kept = "requests.MoneyRequest.", "requests.Template."
    return [
        Section(
            key="requests_sent",
            group="payments",
            title=_("What you asked others to pay"),
            columns=[
                Column("state", _("State"), f"{asked}state"),
                Column("amount", _("Amount"), f"{asked}amount"),
                Column("words", _("What it is for"), f"{asked}words"),
                Column("to", _("Asked of"), f"{asked}addressed_to"),
                Column("account", _("Onto account")),
                Column("people", _("How many people"), f"{asked}people"),
                Column("paid", _("Paid so far"), f"{asked}paid_total"),
                Column("last_day", _("Until"), f"{asked}last_day"),
                Column("asked_at", _("Asked"), f"{asked}created_at"),
                Column("ended_at", _("Ended"), f"{asked}ended_at"),
            ],
            rows=lambda: _sent(customer),
        ),
        Section(
            key="requests_received",
            group="payments",
            title=_("What others asked you to pay"),
            columns=[
                Column("who", _("Asked by")),
                Column("state", _("State"), f"{asked}state"),
                Column("reason", _("Reason"), f"{asked}reason"),
                Column("amount", _("Amount"), f"{asked}amount"),
                Column("words", _("What it is for"), f"{asked}words"),
                Column("asked_at", _("Asked"), f"{asked}created_at"),
            ],
            rows=lambda: _received(customer),
        ),
        Section(
            key="requests_refused",
            group="payments",
            title=_("Who may not ask you for money"),
            columns=[
                Column("who", _("Who")),
                Column("since", pgettext("from when", "Since"), "requests.RefusedAsker.since"),
            ],
            rows=lambda: (
                (names.masked(one.asker.legal_name), one.since)
                for one in customer.refused_askers.select_related("asker").order_by("since")
            ),
        ),
        Section(
            key="templates",
            group="payments",
            title=_("Your templates"),
            columns=[
                Column("name", pgettext("template", "Name"), f"{kept}name"),
                Column("favourite", _("Favourite"), f"{kept}favourite"),
                Column("payee", _("Payee"), f"{kept}shown_name"),
                Column("account", _("To account"), f"{kept}bank_number"),
                Column("amount", _("Amount"), f"{kept}amount"),
                Column("memo", _("Memo"), f"{kept}memo"),
                Column("kept_at", pgettext("when", "Kept"), f"{kept}created_at"),
            ],
            rows=lambda: _templates(customer),
        ),
    ]


def _sent(customer: Customer) -> Iterator[Sequence[Value]]:
    found = customer.money_requests.select_related("destination").order_by("-id")
    for one in found.iterator(chunk_size=500):
        yield (
            Coded(one.state, one.get_state_display()),
            _amount(one),
            one.words,
            one.addressed_to,
            one.destination.number,
            one.people,
            Money(one.paid_total, one.currency),
            one.last_day,
            one.created_at,
            one.ended_at,
        )


def _received(customer: Customer) -> Iterator[Sequence[Value]]:
    for one in customer.asked_for_money.select_related("asker").order_by("-id").iterator(chunk_size=500):
        yield (
            names.masked(one.asker.legal_name),
            Coded(one.state, one.get_state_display()),
            one.get_reason_display(),
            _amount(one),
            one.words,
            one.created_at,
        )


def _templates(customer: Customer) -> Iterator[Sequence[Value]]:
    for one in customer.transfer_templates.select_related("destination").order_by("name").iterator(chunk_size=500):
        yield (
            one.name,
            one.favourite,
            one.shown_name,
            one.bank_number if one.destination is None else one.destination.number,
            Money(one.amount, one.currency),
            one.memo,
            one.created_at,
        )


def _amount(one: MoneyRequest) -> Money | None:
    return None if one.amount is None else Money(one.amount, one.currency)
