"""What is issued once and kept as it was: a month's statement, a certificate of balance. And what a customer keeps for
the search of transactions, and the files of them that a worker makes."""

import uuid
from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower
from django.utils.translation import gettext_lazy as _

from accounts.models import BankAccount, Customer


class MonthlyStatement(models.Model):
    """A month of one account: which of its lines, and what they come to, in minor units of the account's currency.

    Every line of an account stands on exactly one statement. A line that is booked after its month was issued stands on
    the next one.
    """

    public_id = models.UUIDField(default=uuid.uuid4, db_default=models.Func(function="gen_random_uuid"), unique=True)
    bank_account = models.ForeignKey(BankAccount, on_delete=models.PROTECT, related_name="monthly_statements")
    month = models.DateField(_("month"))  # its first day
    first_number = models.BigIntegerField(_("first line"))
    last_number = models.BigIntegerField(_("last line"))
    opening = models.BigIntegerField(_("opening balance"))
    money_in = models.BigIntegerField(_("money in"))
    money_out = models.BigIntegerField(_("money out"))
    closing = models.BigIntegerField(_("closing balance"))
    issued_at = models.DateTimeField(_("issued at"))

    class Meta:
        verbose_name = _("monthly statement")
        verbose_name_plural = _("monthly statements")
        default_permissions = ()
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["bank_account", "month"], name="statement_once_a_month"),
            models.UniqueConstraint(fields=["bank_account", "first_number"], name="statement_line_on_one"),
            models.CheckConstraint(
                condition=Q(closing=F("opening") + F("money_in") - F("money_out")), name="statement_adds_up"
            ),
            models.CheckConstraint(
                condition=Q(first_number__lte=F("last_number"), money_in__gte=0, money_out__gte=0),
                name="statement_has_lines",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.bank_account_id} {self.month:%Y-%m}"

    @property
    def count(self) -> int:
        """How many lines it has."""
        return self.last_number - self.first_number + 1


class BalanceCertificate(models.Model):
    """What a customer had on some accounts at the end of a business day, as it was certified. It never changes."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="balance_certificates")
    key = models.UUIDField()  # of the form it was asked for on
    code = models.CharField(_("verification code"), max_length=32, unique=True)
    holder = models.CharField(_("holder"), max_length=200)
    at_end_of = models.DateField(_("at the end of"))  # business date
    # [{"number": "…", "currency": "CNY", "balance": minor units}], in the order shown
    balances = models.JSONField(_("balances"))
    issued_at = models.DateTimeField(_("issued at"))

    class Meta:
        verbose_name = _("certificate of balance")
        verbose_name_plural = _("certificates of balance")
        default_permissions = ()
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["customer", "key"], name="certificate_once_per_form"),
        ]

    def __str__(self) -> str:
        return f"{self.public_id} {self.at_end_of}"


class SearchBlock(models.Model):
    """Which letters, pairs of letters and amounts a run of lines holds (accounts.statements.blocks)."""

    account = models.ForeignKey("ledger.Account", on_delete=models.CASCADE, related_name="+", db_index=False)
    block = models.PositiveIntegerField(_("block"))  # from 0
    grams = ArrayField(models.BigIntegerField())

    class Meta:
        verbose_name = _("block of transactions")
        verbose_name_plural = _("blocks of transactions")
        default_permissions = ()
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["account", "block"], name="searchblock_once")
        ]
        indexes: ClassVar[list[models.Index]] = [GinIndex(fields=["grams"], name="searchblock_grams")]

    def __str__(self) -> str:
        return f"{self.account_id} {self.block}"


class SavedSearch(models.Model):
    """A search of transactions under a name its customer gave it. It keeps what was typed: "last month" moves along."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    customer = models.ForeignKey(Customer, on_delete=models.CASCADE, related_name="saved_searches")
    name = models.CharField(_("name"), max_length=40)
    query = models.JSONField(_("what is searched for"))  # {field of the search form: what was typed}
    created_at = models.DateTimeField(_("created at"))

    class Meta:
        verbose_name = _("saved search")
        verbose_name_plural = _("saved searches")
        default_permissions = ()
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint("customer", Lower("name"), name="search_once_per_name"),
            models.CheckConstraint(condition=~Q(name="") & ~Q(query={}), name="search_is_named_and_asks_something"),
        ]

    def __str__(self) -> str:
        return self.name


class MovementFile(models.Model):
    """A file of an account's movements that is too large to wait for. Made by a worker, part by part.

    waiting -> ready     every part is there and they come to what was counted
    waiting -> failed    it could not be made (`exporting.give_up`)
    ready   -> expired   its days are over: the parts are deleted
    """

    class State(models.TextChoices):
        WAITING = "waiting", _("Being prepared")
        READY = "ready", _("Ready")
        EXPIRED = "expired", _("Deleted")
        FAILED = "failed", _("Could not be made")

    class Kind(models.TextChoices):
        CSV = "csv", "CSV"
        XLSX = "xlsx", "Excel"
        PDF = "pdf", "PDF"

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="movement_files")
    bank_account = models.ForeignKey(BankAccount, on_delete=models.PROTECT, related_name="movement_files")
    key = models.UUIDField()  # of the form it was asked for on
    kind = models.CharField(_("kind"), max_length=4, choices=Kind)
    language = models.CharField(_("language"), max_length=10)
    query = models.JSONField(_("what is searched for"))  # with the days as they were when it was asked for
    # What was counted when it was asked for, up to the line `through`: what is booked later is not in it. Minor units.
    count = models.PositiveIntegerField(_("movements"))
    money_in = models.BigIntegerField(_("money in"))
    money_out = models.BigIntegerField(_("money out"))
    through = models.BigIntegerField(_("last line"))
    done = models.PositiveIntegerField(_("movements written"), default=0)
    state = models.CharField(_("state"), max_length=7, choices=State, default=State.WAITING)
    asked_at = models.DateTimeField(_("asked for at"))
    ready_at = models.DateTimeField(_("ready at"), null=True)
    expires_at = models.DateTimeField(_("kept until"), null=True)
    deleted_at = models.DateTimeField(_("deleted at"), null=True)

    class Meta:
        verbose_name = _("file of transactions")
        verbose_name_plural = _("files of transactions")
        default_permissions = ()
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["customer", "key"], name="movementfile_once_per_form"),
            models.UniqueConstraint(
                fields=["customer"], condition=Q(state="waiting"), name="movementfile_one_at_a_time"
            ),
            models.CheckConstraint(
                condition=~Q(state="ready") | Q(done=F("count"), ready_at__isnull=False, expires_at__gt=F("ready_at")),
                name="movementfile_ready_is_whole",
            ),
            models.CheckConstraint(
                condition=Q(count__gt=0, done__lte=F("count"), money_in__gte=0, money_out__gte=0),
                name="movementfile_counts",
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["customer", "-asked_at"], name="movementfile_newest_first"),
            models.Index(fields=["expires_at"], condition=Q(state="ready"), name="movementfile_to_delete"),
        ]

    def __str__(self) -> str:
        return f"{self.public_id} {self.kind}"

    @property
    def percent(self) -> int:
        """How much of it is written."""
        return 100 * self.done // self.count


class MovementFilePart(models.Model):
    """A run of lines of a file, sealed on disk; a killed worker goes on behind the last one that is there."""

    file = models.ForeignKey(MovementFile, on_delete=models.CASCADE, related_name="parts")
    number = models.PositiveSmallIntegerField(_("part"))  # from 1, newest lines first
    last_line = models.BigIntegerField(_("last line"))  # the oldest line in it: the next part goes on below
    count = models.PositiveIntegerField(_("movements"))
    money_in = models.BigIntegerField(_("money in"))
    money_out = models.BigIntegerField(_("money out"))
    stored = models.CharField(_("stored as"), max_length=80, blank=True)
    size = models.PositiveBigIntegerField(_("bytes"))
    digest = models.CharField(_("digest"), max_length=64)  # SHA-256 of what is downloaded

    class Meta:
        verbose_name = _("part of a file of transactions")
        verbose_name_plural = _("parts of files of transactions")
        default_permissions = ()
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["file", "number"], name="movementfilepart_once")
        ]

    def __str__(self) -> str:
        return f"{self.file_id} {self.number}"
