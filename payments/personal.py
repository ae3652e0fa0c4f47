"""What is kept of what a customer pays (accounts.personal). The other side is shown as far as it was shown to them."""

from collections.abc import Iterator, Sequence

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from accounts.models import Customer, Disposition
from accounts.personal import Coded, Column, Section, Value
from ledger.money import Money
from payments.models import Freedom, Holding, NameLookup, OwnLimit, Payee, StandingOrder, Transfer


def personal_data(*, customer: Customer, language: str) -> Sequence[Section]:  # noqa: ARG001 - the active one
    """This function will list a customer's transfers, payees, limits, standing orders and look-ups of names."""
    transfer, payee, order = "payments.Transfer.", "payments.Payee.", "payments.StandingOrder."
    held = "payments.Holding."
    limit, freedom = "payments.OwnLimit.", "payments.Freedom."
    return [
        Section(
            key="transfers",
            group="payments",
            title=_("Your transfers"),
            note=_("Those you asked for. What you received is among the movements."),
            columns=[
                Column("reference", _("Reference"), f"{transfer}reference"),
                Column("state", _("State"), f"{transfer}state"),
                Column("kind", _("Kind"), f"{transfer}kind"),
                Column("from", _("From account")),
                Column("to", _("To account")),
                Column("payee", _("Payee"), f"{transfer}shown_name"),
                Column("amount", _("Amount"), f"{transfer}amount"),
                Column("memo", _("Memo"), f"{transfer}memo"),
                Column("asked_at", _("Asked for"), f"{transfer}created_at"),
                Column("confirmed_at", _("Confirmed"), f"{transfer}confirmed_at"),
                Column("business_date", _("Business date"), f"{transfer}business_date"),
                Column("without_code", _("Without a code"), f"{transfer}free"),
            ],
            rows=lambda: _transfers(customer),
        ),
        Section(
            key="held_payments",
            group="payments",
            title=_("Transfers that were held"),
            columns=[
                Column("amount", _("Amount"), f"{held}amount"),
                Column("held_at", _("Held from"), f"{held}held_at"),
                Column("until", _("Held until"), f"{held}until"),
                Column("waits", _("Waits for"), f"{held}waits"),
                Column("state", _("State"), f"{held}state"),
                Column("ended_at", _("Ended"), f"{held}ended_at"),
                Column("ended_by", _("Ended by"), f"{held}ended_by"),
            ],
            rows=lambda: _held(customer),
        ),
        Section(
            key="payees",
            group="payments",
            title=_("Your payees"),
            columns=[
                Column("alias", _("Your name for them"), f"{payee}alias"),
                Column("name", _("Name as checked"), f"{payee}shown_name"),
                Column("name_check", _("Name check"), f"{payee}name_check"),
                Column("account", _("Account number")),
                Column("state", _("State"), f"{payee}state"),
                Column("added_at", _("Added"), f"{payee}created_at"),
                Column("confirmed_at", _("Confirmed"), f"{payee}confirmed_at"),
                Column("removed_at", _("Removed"), f"{payee}archived_at"),
                Column("group", _("Group"), f"{payee}group"),
                Column("note", pgettext("payee", "Note"), f"{payee}note"),
                Column("favourite", _("Favourite"), f"{payee}favourite"),
                Column("trusted_at", _("Trusted since"), f"{payee}trusted_at"),
            ],
            rows=lambda: _payees(customer),
        ),
        Section(
            key="own_limits",
            group="payments",
            title=_("Limits you set"),
            columns=[
                Column("limit", _("Limit"), f"{limit}which"),
                Column("channel", _("Channel"), f"{limit}channel"),
                Column("currency", _("Currency"), f"{limit}currency"),
                Column("value", _("Value"), f"{limit}value"),
                Column("asked_at", _("Asked for"), f"{limit}asked_at"),
                Column("counts_from", _("Counts from"), f"{limit}counts_from"),
                Column("stopped_at", _("Stopped"), f"{limit}stopped_at"),
            ],
            rows=lambda: _limits(customer),
        ),
        Section(
            key="freedoms",
            group="payments",
            title=_("Transfers without a code"),
            note=_("What you allowed, and what has gone so since your last code."),
            columns=[
                Column("kind", _("Kind"), f"{freedom}kind"),
                Column("currency", _("Currency"), f"{freedom}currency"),
                Column("given_at", _("Allowed since"), f"{freedom}given_at"),
                Column("amount", _("Amount"), f"{freedom}amount"),
                Column("count", _("Transfers"), f"{freedom}count"),
            ],
            rows=lambda: _freedoms(customer),
        ),
        Section(
            key="standing_orders",
            group="payments",
            title=_("Standing orders"),
            columns=[
                Column("from", _("From account")),
                Column("payee", _("Payee"), f"{order}payee_name"),
                Column("bank", _("Payee's bank"), f"{order}payee_bank"),
                Column("to", _("To account"), f"{order}payee_account"),
                Column("amount", _("Amount"), f"{order}amount"),
                Column("purpose", _("Purpose"), f"{order}purpose"),
                Column("rhythm", _("Rhythm"), f"{order}rhythm"),
                Column("state", _("State"), f"{order}status"),
            ],
            rows=lambda: _orders(customer),
        ),
        Section(
            key="name_lookups",
            group="payments",
            title=_("Names you had looked up"),
            note=_("Counted so that nobody fishes for names. The numbers you asked about are not kept."),
            columns=[
                Column("at", _("Time"), "payments.NameLookup.looked_up_at"),
                Column("found", _("Found"), "payments.NameLookup.found"),
            ],
            rows=lambda: (
                NameLookup.objects.filter(customer=customer)
                .order_by("-looked_up_at")
                .values_list("looked_up_at", "found")
            ),
        ),
    ]


def _transfers(customer: Customer) -> Iterator[Sequence[Value]]:
    rows = (
        Transfer.objects.filter(payer=customer).select_related("source", "destination").order_by("-created_at", "-id")
    )
    for one in rows.iterator(chunk_size=500):
        yield (
            one.reference,
            Coded(one.state, one.get_state_display()),
            Coded(one.kind, one.get_kind_display()),
            one.source.number,
            one.destination.number,
            one.shown_name,
            Money(one.amount, one.currency),
            one.memo,
            one.created_at,
            one.confirmed_at,
            one.business_date,
            bool(one.free),
        )


def _held(customer: Customer) -> Iterator[Sequence[Value]]:
    for one in Holding.objects.filter(payer=customer).order_by("-pk").iterator(chunk_size=500):
        yield (
            Money(one.amount, one.currency),
            one.held_at,
            one.until,
            Coded(one.waits, one.get_waits_display()),
            Coded(one.state, one.get_state_display()),
            one.ended_at,
            Coded(one.ended_by, one.get_ended_by_display()) if one.ended_by else "",
        )


def _payees(customer: Customer) -> Iterator[Sequence[Value]]:
    for one in Payee.objects.filter(customer=customer).select_related("bank_account").order_by("alias", "id"):
        yield (
            one.alias,
            one.shown_name,
            Coded(one.name_check, one.get_name_check_display()),
            one.bank_account.number,
            Coded(one.state, one.get_state_display()),
            one.created_at,
            one.confirmed_at,
            one.archived_at,
            one.group,
            one.note,
            one.favourite,
            one.trusted_at,
        )


def _limits(customer: Customer) -> Iterator[Sequence[Value]]:
    for one in OwnLimit.objects.filter(customer=customer).order_by("-id"):
        yield (
            Coded(one.which, one.get_which_display()),
            Coded(one.channel, one.get_channel_display()),
            one.currency,
            Money(one.value, one.currency) if one.currency else one.value,
            one.asked_at,
            one.counts_from,
            one.stopped_at,
        )


def _freedoms(customer: Customer) -> Iterator[Sequence[Value]]:
    for one in Freedom.objects.filter(customer=customer).order_by("kind", "currency"):
        yield (
            Coded(one.kind, one.get_kind_display()),
            one.currency,
            one.given_at,
            Money(one.amount, one.currency),
            one.count,
        )


def _orders(customer: Customer) -> Iterator[Sequence[Value]]:
    rows = StandingOrder.objects.filter(
        source__dispositions__customer=customer, source__dispositions__role=Disposition.Role.OWNER
    )
    for one in rows.select_related("source").order_by("status", "id"):
        yield (
            one.source.number,
            one.payee_name,
            one.payee_bank,
            one.payee_account,
            Money(one.amount, one.currency),
            one.purpose,
            Coded(one.rhythm, one.get_rhythm_display()),
            Coded(one.status, one.get_status_display()),
        )
