"""What is kept of a customer's accounts and what moved on them (accounts.personal)."""

from collections.abc import Iterator, Sequence

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from accounts.models import BankAccount, Customer, Disposition
from accounts.personal import Coded, Column, Section, Value
from accounts.queries import accounts_of
from accounts.statements import kinds, queries
from accounts.statements.filters import Filter, described
from ledger.money import Money


def personal_data(*, customer: Customer, language: str) -> Sequence[Section]:  # noqa: ARG001 - the active one
    """This function will list a customer's accounts and every movement on those they own."""
    account, line, entry = "accounts.BankAccount.", "ledger.Line.", "ledger.Entry."
    return [
        Section(
            key="accounts",
            group="accounts",
            title=_("Your accounts"),
            columns=[
                Column("number", _("Account number"), f"{account}number"),
                Column("product", _("Product"), f"{account}product"),
                Column("class", _("Class"), f"{account}account_class"),
                Column("nickname", _("Your name for it"), f"{account}nickname"),
                Column("role", _("You are"), "accounts.Disposition.role"),
                Column("state", _("State"), f"{account}status"),
                Column("opened_on", _("Opened"), f"{account}opened_on"),
                Column("booked", _("Booked"), "ledger.Account.balance"),
                Column("held", _("Held"), "ledger.Account.held"),
            ],
            rows=lambda: _accounts(customer),
        ),
        Section(
            key="movements",
            group="movements",
            title=pgettext("list", "Movements"),
            note=_("On the accounts you own, newest first."),
            columns=[
                Column("account", _("Account number")),
                Column("number", _("No."), f"{line}number"),
                Column("business_date", _("Date"), f"{entry}business_date"),
                Column("booked_at", _("Booked at"), f"{entry}booked_at"),
                Column("kind", _("Kind"), f"{entry}kind"),
                Column("channel", _("Channel"), f"{entry}channel"),
                Column("details", _("Details"), f"{line}narrative"),
                Column("amount", _("Amount"), f"{line}amount"),
                Column("balance", _("Balance"), f"{line}balance_after"),
            ],
            rows=lambda: _movements(customer),
        ),
        *_kept(customer),
    ]


def _kept(customer: Customer) -> list[Section]:
    search, file = "statements.SavedSearch.", "statements.MovementFile."
    return [
        Section(
            key="searches",
            group="choices",
            title=_("Saved searches"),
            columns=[
                Column("name", pgettext("search", "Name"), f"{search}name"),
                Column("query", _("What is searched for"), f"{search}query"),
                Column("created_at", _("Saved"), f"{search}created_at"),
            ],
            rows=lambda: (
                (one.name, " · ".join(f"{label}: {text}" for label, text in described(one.query)), one.created_at)
                for one in customer.saved_searches.order_by("name", "id")
            ),
        ),
        Section(
            key="movement_files",
            group="choices",
            title=_("Files of transactions"),
            columns=[
                Column("kind", _("Kind"), f"{file}kind"),
                Column("state", _("State"), f"{file}state"),
                Column("count", _("Number of transactions"), f"{file}count"),
                Column("asked_at", _("Asked for"), f"{file}asked_at"),
                Column("ready_at", _("Ready"), f"{file}ready_at"),
                Column("expires_at", _("Kept until"), f"{file}expires_at"),
                Column("deleted_at", _("Deleted"), f"{file}deleted_at"),
            ],
            rows=lambda: (
                (
                    Coded(one.kind, one.get_kind_display()),
                    Coded(one.state, one.get_state_display()),
                    one.count,
                    one.asked_at,
                    one.ready_at,
                    one.expires_at,
                    one.deleted_at,
                )
                for one in customer.movement_files.order_by("-asked_at", "-id")
            ),
        ),
    ]


def _accounts(customer: Customer) -> Iterator[Sequence[Value]]:
    for held in accounts_of(customer):
        owner = held.is_owner  # who only disposes of it sees the balance on the account's own page, not in a copy
        yield (
            held.number,
            Coded(held.product, BankAccount.Product(held.product).label),
            Coded(held.account_class, BankAccount.AccountClass(held.account_class).label),
            held.nickname,
            Coded(held.role, Disposition.Role(held.role).label),
            Coded(held.status, BankAccount.Status(held.status).label),
            held.opened_on,
            Money(held.booked, held.currency) if owner else None,
            Money(held.held, held.currency) if owner else None,
        )


def _movements(customer: Customer) -> Iterator[Sequence[Value]]:
    for held in accounts_of(customer):
        if not held.is_owner:
            continue
        for one in queries.everything(held.ledger_account_id, Filter()):
            yield (
                held.number,
                one.number,
                one.business_date,
                one.booked_at,
                Coded(one.kind, kinds.label(one.kind)),
                Coded(one.channel, kinds.channel(one.channel)),
                one.narrative,
                Money(one.amount, one.currency),
                Money(one.balance_after, one.currency),
            )
