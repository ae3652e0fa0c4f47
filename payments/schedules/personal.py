"""What is kept of a customer's dated transfers and standing orders (accounts.personal)."""

from collections.abc import Iterator, Sequence

from django.utils.translation import gettext as _

from accounts.models import Customer
from accounts.personal import Coded, Column, Section, Value
from ledger.money import Money
from payments.schedules import words
from payments.schedules.models import Occurrence, Schedule


def personal_data(*, customer: Customer, language: str) -> Sequence[Section]:  # noqa: ARG001 - the active one
    """This function will list what a customer agreed to have paid later, and what became of each date."""
    order, date = "schedules.Schedule.", "schedules.Occurrence."
    return [
        Section(
            key="schedules",
            group="payments",
            title=_("Your dated transfers and standing orders"),
            columns=[
                Column("state", _("State"), f"{order}state"),
                Column("rhythm", _("Rhythm"), f"{order}unit"),
                Column("first", _("First date"), f"{order}starts_on"),
                Column("next", _("Next date"), f"{order}next_day"),
                Column("from", _("From account")),
                Column("to", _("To account")),
                Column("payee", _("Payee"), f"{order}shown_name"),
                Column("amount", _("Amount"), f"{order}amount"),
                Column("memo", _("Memo"), f"{order}memo"),
                Column("agreed_at", _("Agreed"), f"{order}created_at"),
                Column("ended_at", _("Ended"), f"{order}ended_at"),
            ],
            rows=lambda: _schedules(customer),
        ),
        Section(
            key="schedule_dates",
            group="payments",
            title=_("What became of their dates"),
            columns=[
                Column("date", _("Date"), f"{date}day"),
                Column("state", _("State"), f"{date}state"),
                Column("reason", _("Reason"), f"{date}reason"),
                Column("amount", _("Amount"), f"{date}amount"),
                Column("at", _("Time"), f"{date}at"),
            ],
            rows=lambda: _dates(customer),
        ),
    ]


def _schedules(customer: Customer) -> Iterator[Sequence[Value]]:
    found = (
        Schedule.objects.filter(payer=customer).select_related("source", "destination", "other_payee").order_by("-id")
    )
    for one in found.iterator(chunk_size=500):
        yield (
            Coded(one.state, one.get_state_display()),
            Coded(one.unit, words.rhythm(one.rhythm)),
            one.starts_on,
            one.next_day,
            one.source.number,
            one.payee_number,
            one.shown_name,
            Money(one.amount, one.currency),
            one.memo,
            one.created_at,
            one.ended_at,
        )


def _dates(customer: Customer) -> Iterator[Sequence[Value]]:
    found = (
        Occurrence.objects.filter(schedule__payer=customer)
        .select_related("schedule", "transfer", "payment")
        .order_by("-day", "-id")
    )
    for one in found.iterator(chunk_size=500):
        yield (
            one.day,
            Coded("held" if one.held else one.state, one.became),
            words.reason(one.reason),
            Money(one.amount, one.schedule.currency),
            one.at,
        )
