"""The books as tables. Django reads them; only the functions in the database write them (ledger/migrations/sql).

Amounts are exact minor units of the account's currency, signed: credit is positive, debit negative. A customer's
deposit is the bank's liability, so a customer's balance reads as a positive number.
"""

from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _


class TransactionId(models.Field):
    """PostgreSQL's xid8: which transaction wrote the row. It orders nothing; compare it with a snapshot's horizon."""

    def db_type(self, connection: Any) -> str:  # noqa: ARG002 - there is only PostgreSQL here
        return "xid8"

    def from_db_value(self, value: Any, expression: Any, connection: Any) -> int | None:  # noqa: ARG002
        return None if value is None else int(value)


class CurrentTransaction(models.Func):
    function = "pg_current_xact_id"
    arity = 0
    output_field = TransactionId()


class ClockTimestamp(models.Func):
    function = "clock_timestamp"
    arity = 0
    output_field = models.DateTimeField()


class Account(models.Model):
    """An account in the chart of accounts. It knows no customer: who holds it is said upstairs."""

    class Kind(models.TextChoices):
        ASSET = "asset", _("Asset")
        LIABILITY = "liability", _("Liability")
        EQUITY = "equity", _("Equity")
        INCOME = "income", _("Income")
        EXPENSE = "expense", _("Expense")

    class Status(models.TextChoices):
        OPEN = "open", _("Open")
        CLOSED = "closed", _("Closed")

    code = models.CharField(_("code"), max_length=64)
    name = models.CharField(_("name"), max_length=200)
    kind = models.CharField(_("kind"), max_length=10, choices=Kind)
    currency = models.CharField(_("currency"), max_length=3)
    status = models.CharField(_("status"), max_length=6, choices=Status, default=Status.OPEN)
    # True: a locked running balance with a gapless line number (customers' accounts).
    # False: an internal account everybody books against; its lines are appended, its balance summed from a roll-up.
    running = models.BooleanField(_("running balance"))
    floor = models.BigIntegerField(_("floor"), null=True)  # minor units; null: no floor. Only for running accounts.
    balance = models.BigIntegerField(_("balance"), default=0)  # running accounts only; moved by the lines alone
    held = models.BigIntegerField(_("held"), default=0)  # running accounts only; moved by the holds alone
    last_number = models.BigIntegerField(_("last line number"), default=0)  # running accounts only
    opened_at = models.DateTimeField(_("opened at"))

    class Meta:
        verbose_name = _("ledger account")
        verbose_name_plural = _("ledger accounts")
        constraints = [
            models.UniqueConstraint(fields=["code"], name="ledger_account_code"),
            # The last judge of an overdraft. The functions refuse earlier, naming the account. It is the one check on
            # this table, because every booking pays for each; the rest of an account is guarded when it is opened.
            models.CheckConstraint(
                condition=Q(held__gte=0) & (Q(floor__isnull=True) | Q(balance__gte=F("floor") + F("held"))),
                name="ledger_account_floor",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code} ({self.currency})"


class Entry(models.Model):
    """One booking. Its lines balance in every currency; it is never changed, only reversed by another."""

    class Channel(models.TextChoices):
        ONLINE = "online", _("Online")
        COUNTER = "counter", _("Branch counter")
        CARD = "card", _("Card")
        INTERBANK = "interbank", _("Interbank")
        SYSTEM = "system", _("System")

    key = models.CharField(_("idempotency key"), max_length=128, db_collation="C")
    fingerprint = models.BinaryField(_("fingerprint"))  # sha256 over the content
    kind = models.CharField(_("kind"), max_length=40)
    channel = models.CharField(_("channel"), max_length=9, choices=Channel)
    business_date = models.DateField(_("business date"))
    booked_at = models.DateTimeField(_("booked at"), db_default=ClockTimestamp())
    reverses = models.ForeignKey(
        "self", verbose_name=_("reverses"), on_delete=models.PROTECT, null=True, related_name="reversals",
        db_index=False, db_constraint=False,
    )  # fmt: skip
    line_count = models.IntegerField(_("number of lines"))
    xid = TransactionId(_("transaction"), db_default=CurrentTransaction())

    class Meta:
        verbose_name = _("entry")
        verbose_name_plural = _("entries")
        constraints = [
            models.UniqueConstraint(fields=["key"], name="ledger_entry_key"),
            models.UniqueConstraint(
                fields=["reverses"], condition=Q(reverses__isnull=False), name="ledger_entry_reversed_once"
            ),
        ]

    def __str__(self) -> str:
        return self.key


class Line(models.Model):
    """One side of an entry. (account, number) is the key, the order of a statement, and the guard of the balance."""

    pk = models.CompositePrimaryKey("account_id", "number")
    account = models.ForeignKey(
        Account, on_delete=models.PROTECT, related_name="lines", db_index=False, db_constraint=False
    )
    number = models.BigIntegerField(_("number"))  # running accounts: 1, 2, 3 …; internal accounts: rising, with gaps
    entry = models.ForeignKey(
        Entry, on_delete=models.PROTECT, related_name="lines", db_index=False, db_constraint=False
    )
    amount = models.BigIntegerField(_("amount"))
    balance_after = models.BigIntegerField(_("balance after"), null=True)  # null: internal account
    position = models.IntegerField(_("position in the entry"))
    currency = models.CharField(_("currency"), max_length=3)
    narrative = models.CharField(_("narrative"), max_length=200, db_default="")

    class Meta:
        verbose_name = _("line")
        verbose_name_plural = _("lines")
        constraints = [
            # Finds an entry's lines, and lets nobody add to an entry whose lines are there.
            models.UniqueConstraint(fields=["entry", "position"], name="ledger_line_position"),
        ]

    def __str__(self) -> str:
        return f"{self.account_id}/{self.number}"


class Hold(models.Model):
    """Money that stays on an account but may not be spent. Resolved once: captured, released or expired."""

    class State(models.TextChoices):
        LIVE = "live", _("Held")
        CAPTURED = "captured", _("Captured")
        RELEASED = "released", _("Released")
        EXPIRED = "expired", _("Expired")

    key = models.CharField(_("idempotency key"), max_length=128, db_collation="C")
    account = models.ForeignKey(Account, on_delete=models.PROTECT, related_name="holds", db_index=False)
    amount = models.BigIntegerField(_("amount"))
    reason = models.CharField(_("reason"), max_length=200, db_default="")
    state = models.CharField(_("state"), max_length=8, choices=State, default=State.LIVE)
    placed_at = models.DateTimeField(_("placed at"), db_default=ClockTimestamp())
    expires_at = models.DateTimeField(_("expires at"), null=True)
    resolved_at = models.DateTimeField(_("resolved at"), null=True)
    entry = models.ForeignKey(
        Entry, verbose_name=_("captured by"), on_delete=models.PROTECT, null=True, related_name="+", db_index=False
    )

    class Meta:
        verbose_name = _("hold")
        verbose_name_plural = _("holds")
        constraints = [
            models.UniqueConstraint(fields=["key"], name="ledger_hold_key"),
            models.CheckConstraint(condition=~Q(key=""), name="ledger_hold_has_key"),
            models.CheckConstraint(condition=Q(amount__gt=0), name="ledger_hold_amount"),
            models.CheckConstraint(
                condition=Q(state__in=["live", "captured", "released", "expired"]), name="ledger_hold_state"
            ),
            models.CheckConstraint(
                condition=Q(state="live", resolved_at__isnull=True) | (~Q(state="live") & Q(resolved_at__isnull=False)),
                name="ledger_hold_resolved_at",
            ),
            models.CheckConstraint(
                condition=Q(state="captured", entry__isnull=False) | (~Q(state="captured") & Q(entry__isnull=True)),
                name="ledger_hold_captured_by",
            ),
        ]
        indexes = [
            models.Index(fields=["account"], condition=Q(state="live"), name="ledger_hold_live"),
            models.Index(fields=["expires_at"], condition=Q(state="live"), name="ledger_hold_due"),
        ]

    def __str__(self) -> str:
        return self.key


class RollUp(models.Model):
    """An internal account's balance up to and including line `number`; what came after is summed when asked."""

    account = models.OneToOneField(Account, on_delete=models.PROTECT, primary_key=True, related_name="roll_up")
    number = models.BigIntegerField(_("up to line"))
    balance = models.BigIntegerField(_("balance"))
    rolled_at = models.DateTimeField(_("rolled up at"), db_default=ClockTimestamp())

    class Meta:
        db_table = "ledger_rollup"
        verbose_name = _("roll-up")
        verbose_name_plural = _("roll-ups")

    def __str__(self) -> str:
        return f"{self.account_id} up to {self.number}"


class Mark(models.Model):
    """How far the next roll-up may reach: to `number`, once none of the `writers` at work back then is any more."""

    id = models.SmallIntegerField(primary_key=True, default=1)
    number = models.BigIntegerField(_("up to line"))
    writers = ArrayField(models.TextField(), verbose_name=_("transactions at work"))

    class Meta:
        verbose_name = _("roll-up mark")
        verbose_name_plural = _("roll-up marks")
        constraints = [models.CheckConstraint(condition=Q(id=1), name="ledger_mark_is_one")]

    def __str__(self) -> str:
        return str(self.number)
