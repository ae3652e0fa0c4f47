"""What is kept of what a customer asked back and told us is not right (accounts.personal)."""

from collections.abc import Iterator, Sequence

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from accounts.models import Customer
from accounts.personal import Coded, Column, Section, Value
from ledger.money import Money
from payments.recalls.models import Dispute, Recall


def personal_data(*, customer: Customer, language: str) -> Sequence[Section]:  # noqa: ARG001 - the active one
    """This function will list a customer's recalls and disputes."""
    recall, dispute = "recalls.Recall.", "recalls.Dispute."
    return [
        Section(
            key="recalls",
            group="payments",
            title=_("Money you asked back"),
            columns=[
                Column("reference", pgettext("case", "Reference"), f"{recall}reference"),
                Column("state", _("State"), f"{recall}state"),
                Column("paid", _("Payment")),
                Column("why", _("Reason"), f"{recall}why"),
                Column("words", _("Your words"), f"{recall}words"),
                Column("amount", _("Amount"), f"{recall}amount"),
                Column("asked_at", _("Asked for"), f"{recall}asked_at"),
                Column("answer_by", _("Answer awaited until"), f"{recall}answer_by"),
                Column("ended_at", _("Ended"), f"{recall}ended_at"),
            ],
            rows=lambda: _recalls(customer),
        ),
        Section(
            key="disputes",
            group="payments",
            title=_("Movements you told us about"),
            columns=[
                Column("reference", pgettext("case", "Reference"), f"{dispute}reference"),
                Column("state", _("State"), f"{dispute}state"),
                Column("about", _("What is not right"), f"{dispute}about"),
                Column("words", _("Your words"), f"{dispute}words"),
                Column("amount", _("Amount"), f"{dispute}amount"),
                Column("expected", _("Amount that would be right"), f"{dispute}expected"),
                Column("opened_at", _("Told us"), f"{dispute}opened_at"),
                Column("promised_by", _("Answer promised by"), f"{dispute}promised_by"),
                Column("ended_at", _("Ended"), f"{dispute}ended_at"),
            ],
            rows=lambda: _disputes(customer),
        ),
    ]


def _recalls(customer: Customer) -> Iterator[Sequence[Value]]:
    found = Recall.objects.filter(payer=customer).select_related("transfer", "payment", "abroad").order_by("-pk")
    for one in found.iterator(chunk_size=500):
        yield (
            one.reference,
            Coded(one.state, one.get_state_display()),
            one.paid.reference,
            Coded(one.why, one.get_why_display()),
            one.words,
            Money(one.amount, one.currency),
            one.asked_at,
            one.answer_by,
            one.ended_at,
        )


def _disputes(customer: Customer) -> Iterator[Sequence[Value]]:
    for one in Dispute.objects.filter(customer=customer).order_by("-pk").iterator(chunk_size=500):
        yield (
            one.reference,
            Coded(one.state, one.get_state_display()),
            Coded(one.about, one.get_about_display()),
            one.words,
            Money(one.amount, one.currency),
            Money(one.expected, one.currency) if one.expected is not None else None,
            one.opened_at,
            one.promised_by,
            one.ended_at,
        )
