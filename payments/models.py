"""Whom a customer pays, and what a customer told the bank to move."""

import uuid
from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

MOST_MINOR = 10**17  # as the books' lines


class Payee(models.Model):
    """Somebody a customer pays, by an account at this bank. A draft until confirmed; removed means archived."""

    class State(models.TextChoices):
        DRAFT = "draft", _("Waiting for confirmation")
        ACTIVE = "active", _("Can be paid")
        ARCHIVED = "archived", _("Removed")

    class NameCheck(models.TextChoices):
        AGREES = "agrees", _("The name agrees")
        DIFFERS = "differs", _("The name differs")

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    customer = models.ForeignKey("accounts.Customer", on_delete=models.PROTECT, related_name="payees")
    bank_account = models.ForeignKey("accounts.BankAccount", on_delete=models.PROTECT, related_name="+")
    alias = models.CharField(_("name in the list"), max_length=60)  # as the customer calls them
    shown_name = models.CharField(_("name as checked"), max_length=120)  # the holder's, masked, as it was confirmed
    name_check = models.CharField(_("name check"), max_length=7, choices=NameCheck)
    state = models.CharField(_("state"), max_length=8, choices=State, default=State.DRAFT)
    created_at = models.DateTimeField(_("created at"))
    expires_at = models.DateTimeField(_("void after"))  # drafts
    confirmed_at = models.DateTimeField(_("confirmed at"), null=True)
    archived_at = models.DateTimeField(_("removed at"), null=True)
    # How the customer keeps their list.
    group = models.CharField(_("group"), max_length=30, blank=True, default="", db_default="")
    note = models.CharField(_("note"), max_length=200, blank=True, default="", db_default="")
    favourite = models.BooleanField(_("favourite"), default=False, db_default=False)
    trusted_at = models.DateTimeField(_("trusted since"), null=True)  # sums to them need no code, up to the caps

    class Meta:
        verbose_name = _("payee")
        verbose_name_plural = _("payees")
        default_permissions = ("view",)
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["customer", "bank_account"],
                condition=Q(state="active"),
                name="payee_once_per_owner_and_account",
            ),
            models.CheckConstraint(condition=Q(state__in=["draft", "active", "archived"]), name="payee_state"),
            models.CheckConstraint(
                condition=Q(state="active", confirmed_at__isnull=False, archived_at__isnull=True)
                | Q(state="archived", archived_at__isnull=False)
                | Q(state="draft", confirmed_at__isnull=True, archived_at__isnull=True),
                name="payee_state_has_its_moment",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.alias} ({self.shown_name})"


class NameLookup(models.Model):
    """A customer had the holder of an account number looked up. Counted against the hourly limit; keeps no number."""

    customer = models.ForeignKey("accounts.Customer", on_delete=models.CASCADE, related_name="+", db_index=False)
    found = models.BooleanField(_("found"))
    looked_up_at = models.DateTimeField(_("looked up at"))

    class Meta:
        verbose_name = _("name look-up")
        verbose_name_plural = _("name look-ups")
        default_permissions = ("view",)
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["customer", "looked_up_at"], name="name_lookup_by_customer")
        ]

    def __str__(self) -> str:
        return f"{self.customer_id} {self.looked_up_at:%Y-%m-%d %H:%M}"


class Transfer(models.Model):
    """Money a customer told the bank to move: a draft that was shown, then confirmed once, or void.

    draft -> confirmed   by `services.transfers.confirm` alone, together with the booking
    draft -> held        the same, where the monitor wants it looked at first: the money is held on its account
    held  -> confirmed   by `services.holding.release`, together with the booking
    held  -> stopped     by `services.holding.give_back`: nothing has left
    draft -> refused     the payer went back and changed it: another draft of the same form took its place
    draft -> expired     nobody confirmed it in time
    """

    class State(models.TextChoices):
        DRAFT = "draft", _("Waiting for confirmation")
        CONFIRMED = "confirmed", _("Done")
        HELD = "held", pgettext_lazy("payment", "Held")
        STOPPED = "stopped", _("Not sent")
        REFUSED = "refused", _("Void")
        EXPIRED = "expired", _("Out of time")

    class Kind(models.TextChoices):
        OWN = "own", _("Between own accounts")
        CUSTOMER = "customer", _("To another customer")

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    reference = models.CharField(_("reference"), max_length=20, unique=True)
    payer = models.ForeignKey("accounts.Customer", on_delete=models.PROTECT, related_name="transfers", db_index=False)
    source = models.ForeignKey("accounts.BankAccount", on_delete=models.PROTECT, related_name="+", db_index=False)
    destination = models.ForeignKey("accounts.BankAccount", on_delete=models.PROTECT, related_name="+")
    payee = models.ForeignKey(Payee, on_delete=models.PROTECT, null=True, related_name="transfers", db_index=False)
    kind = models.CharField(_("kind"), max_length=8, choices=Kind)
    amount = models.BigIntegerField(_("amount"))  # minor units
    currency = models.CharField(_("currency"), max_length=3)
    memo = models.CharField(_("memo"), max_length=100, blank=True)
    # What the payer was shown as the payee's name, and both legal names on the day: a receipt never changes.
    shown_name = models.CharField(_("payee as shown"), max_length=120)
    payer_name = models.CharField(_("payer's name"), max_length=120)
    payee_name = models.CharField(_("payee's name"), max_length=120)
    state = models.CharField(_("state"), max_length=9, choices=State, default=State.DRAFT)
    key = models.UUIDField(_("key of the form"), editable=False)  # made with the form, so a double click is one draft
    step_up = models.UUIDField(null=True, editable=False)  # the question whose answer confirmed it; null: none asked
    # Why none was asked (payments.asking.Free), and the sum of the day that the payer confirmed in words.
    free = models.CharField(_("without a code"), max_length=8, blank=True, default="", db_default="")
    confirmed_sum = models.BigIntegerField(_("sum of the day confirmed in words"), null=True)  # minor units
    entry = models.OneToOneField("ledger.Entry", on_delete=models.PROTECT, null=True, related_name="+")
    verification_code = models.CharField(_("verification code"), max_length=32, null=True, unique=True)
    business_date = models.DateField(_("business date"), null=True)
    created_at = models.DateTimeField(_("created at"))
    expires_at = models.DateTimeField(_("void after"))
    confirmed_at = models.DateTimeField(_("confirmed at"), null=True)
    promised_by = models.DateTimeField(_("promised by"), null=True)  # at once, as the check page says; null: on a date

    class Meta:
        verbose_name = _("transfer")
        verbose_name_plural = _("transfers")
        default_permissions = ("view",)
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["payer", "key"],
                condition=Q(state__in=["draft", "confirmed", "held", "stopped"]),
                name="transfer_once_per_form",
            ),
            models.CheckConstraint(condition=Q(amount__gt=0, amount__lte=MOST_MINOR), name="transfer_moves_something"),
            models.CheckConstraint(condition=~Q(source=F("destination")), name="transfer_between_two_accounts"),
            models.CheckConstraint(condition=Q(kind__in=["own", "customer"]), name="transfer_kind"),
            models.CheckConstraint(
                condition=Q(
                    state="confirmed",
                    entry__isnull=False,
                    verification_code__isnull=False,
                    business_date__isnull=False,
                    confirmed_at__isnull=False,
                )
                | Q(
                    state__in=["draft", "held", "stopped", "refused", "expired"],
                    entry__isnull=True,
                    verification_code__isnull=True,
                    business_date__isnull=True,
                    confirmed_at__isnull=True,
                ),
                name="transfer_confirmed_means_booked",
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            # The limits' sums, read under the payer's lock, from the index alone.
            models.Index(
                fields=["payer", "business_date"],
                include=["currency", "kind", "amount"],
                condition=Q(state="confirmed"),
                name="transfer_used_limits",
            ),
            # Who paid an account lately: read by the monitor, however much the account was ever paid.
            models.Index(
                fields=["destination", "confirmed_at"],
                include=["payer", "amount"],
                condition=Q(state="confirmed", kind="customer"),
                name="transfer_came_in",
            ),
            models.Index(fields=["expires_at"], condition=Q(state="draft"), name="transfer_open_drafts"),
        ]

    def __str__(self) -> str:
        return self.reference


class Holding(models.Model):
    """A payment that its payer has confirmed and that waits: the money is held on its account and has not left.

    Ended once, under the payer's lock (services.holding). A held sum counts towards the limits of every day it waits.
    """

    class State(models.TextChoices):
        HELD = "held", pgettext_lazy("payment", "Held")
        RELEASED = "released", pgettext_lazy("payment", "Sent")
        GIVEN_BACK = "given_back", pgettext_lazy("money", "Given back")

    class Waits(models.TextChoices):
        DELAY = "delay", _("For its time")
        CONFIRM = "confirm", _("For the customer's word")
        REVIEW = "review", _("For a colleague")

    class By(models.TextChoices):
        TIME = "time", pgettext_lazy("ended by", "Time")
        CUSTOMER = "customer", _("Customer")
        BANK = "bank", pgettext_lazy("ended by", "Bank")
        MONITOR = "monitor", _("Payment rules")
        FREEZE = "freeze", pgettext_lazy("ended by", "Locked access")
        HINDERED = "hindered", _("It could not be sent any more")

    payment = models.UUIDField(_("payment"), unique=True)  # the public number of what is held
    kind = models.CharField(_("kind"), max_length=8, default="customer")  # as watching.Moving.kind
    payer = models.ForeignKey("accounts.Customer", on_delete=models.PROTECT, related_name="holdings", db_index=False)
    hold = models.OneToOneField("ledger.Hold", on_delete=models.PROTECT, related_name="+")
    amount = models.BigIntegerField(_("amount"))  # minor units
    currency = models.CharField(_("currency"), max_length=3)
    payee_since = models.DateTimeField(_("payee known since"), null=True)  # counts what goes to new payees
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.HELD)
    waits = models.CharField(_("waits for"), max_length=7, choices=Waits)
    not_judged = models.BooleanField(_("not judged"), default=False)  # the monitor gave no verdict
    alert = models.UUIDField(_("alert"), null=True)  # the monitor's own record of why
    channel = models.CharField(_("channel"), max_length=9, db_default="online")  # of the entry that it may become
    held_at = models.DateTimeField(_("held at"))
    until = models.DateTimeField(_("held until"))
    ended_at = models.DateTimeField(_("ended at"), null=True)
    ended_by = models.CharField(_("ended by"), max_length=8, choices=By, blank=True)

    class Meta:
        verbose_name = _("held payment")
        verbose_name_plural = _("held payments")
        default_permissions = ("view",)
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(condition=Q(amount__gt=0, amount__lte=MOST_MINOR), name="holding_holds_something"),
            models.CheckConstraint(condition=Q(waits__in=["delay", "confirm", "review"]), name="holding_waits"),
            models.CheckConstraint(
                condition=Q(state="held", ended_at__isnull=True, ended_by="")
                | (Q(state__in=["released", "given_back"], ended_at__isnull=False) & ~Q(ended_by="")),
                name="holding_ends_once",
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["payer"], condition=Q(state="held"), name="holding_of_payer"),
            models.Index(fields=["payer", "held_at"], name="holding_by_payer_and_time"),  # what the monitor measures
            models.Index(fields=["until"], condition=Q(state="held"), name="holding_due"),
        ]

    def __str__(self) -> str:
        return str(getattr(self, "reference_of", None) or self.payment)  # the back office asks for the reference


class OwnLimit(models.Model):
    """A limit that a customer set for themselves, up to the bank's own. A row for each change; the newest counts.

    A lower one counts from the moment it is kept (`counts_from` is null); a higher one from `counts_from` on, unless it
    was stopped before.
    """

    class Channel(models.TextChoices):
        ONLINE = "online", _("Online")

    class Which(models.TextChoices):
        PAYMENT = "payment", _("One transfer")
        DAY = "day", _("A day")
        MONTH = "month", _("A month")
        YEAR = "year", _("A year")
        DAY_COUNT = "day_count", _("Transfers a day")
        MONTH_COUNT = "month_count", _("Transfers a month")
        YEAR_COUNT = "year_count", _("Transfers a year")
        PAYEE_DAY = "payee_day", _("A day, to one payee")

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    customer = models.ForeignKey("accounts.Customer", on_delete=models.PROTECT, related_name="own_limits")
    channel = models.CharField(_("channel"), max_length=10, choices=Channel, default=Channel.ONLINE)
    currency = models.CharField(_("currency"), max_length=3, blank=True)  # empty for numbers of transfers
    which = models.CharField(_("limit"), max_length=12, choices=Which)
    value = models.BigIntegerField(_("value"))  # minor units, or a number of transfers
    asked_at = models.DateTimeField(_("asked at"))
    counts_from = models.DateTimeField(_("counts from"), null=True)
    stopped_at = models.DateTimeField(_("stopped at"), null=True)

    class Meta:
        verbose_name = _("own limit")
        verbose_name_plural = _("own limits")
        default_permissions = ("view",)
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(condition=Q(value__gte=0, value__lte=MOST_MINOR), name="own_limit_value"),
            models.CheckConstraint(
                condition=Q(which__in=["payment", "day", "month", "year", "payee_day"], currency__regex="^[A-Z]{3}$")
                | Q(which__in=["day_count", "month_count", "year_count"], currency=""),
                name="own_limit_has_its_unit",
            ),
            models.CheckConstraint(condition=Q(channel__in=["online"]), name="own_limit_channel"),
            models.CheckConstraint(
                condition=Q(stopped_at__isnull=True) | Q(counts_from__isnull=False), name="own_limit_only_a_wait_stops"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.which} {self.value} {self.currency}".strip()


class Freedom(models.Model):
    """That a customer's transfers of one kind need no code up to the caps, and what has gone so since the last code.

    `given_at` is null while the customer has not asked for it, or no more; what has gone stays counted.
    """

    class Kind(models.TextChoices):
        OWN = "own", _("Between own accounts")
        TRUSTED = "trusted", _("To trusted payees")
        SMALL = "small", _("Small sums")

    customer = models.ForeignKey("accounts.Customer", on_delete=models.PROTECT, related_name="freedoms")
    kind = models.CharField(_("kind"), max_length=8, choices=Kind)
    currency = models.CharField(_("currency"), max_length=3)
    given_at = models.DateTimeField(_("allowed since"), null=True)
    amount = models.BigIntegerField(_("gone without a code"), default=0)  # minor units, since the last code
    count = models.PositiveIntegerField(_("transfers without a code"), default=0)

    class Meta:
        verbose_name = _("transfers without a code")
        verbose_name_plural = _("transfers without a code")
        default_permissions = ("view",)
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["customer", "kind", "currency"], name="freedom_once_per_kind_and_currency"),
            models.CheckConstraint(condition=Q(kind__in=["own", "trusted", "small"]), name="freedom_kind"),
            models.CheckConstraint(condition=Q(amount__gte=0), name="freedom_sum_is_no_debt"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.currency}"


class StandingOrder(models.Model):
    """A transfer that repeats, as brought over from another bank. It is shown; this portal does not run it."""

    class Rhythm(models.TextChoices):
        MONTHLY = "monthly", _("Every month")

    class Status(models.TextChoices):
        ACTIVE = "active", _("Active")
        ENDED = "ended", pgettext_lazy("order", "Ended")

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    source = models.ForeignKey("accounts.BankAccount", on_delete=models.PROTECT, related_name="standing_orders")
    payee_bank = models.CharField(_("payee's bank"), max_length=20, blank=True)  # code of the bank
    payee_account = models.CharField(_("payee's account"), max_length=34)
    payee_name = models.CharField(_("payee's name"), max_length=120, blank=True)
    amount = models.BigIntegerField(_("amount"))  # minor units
    currency = models.CharField(_("currency"), max_length=3)
    purpose = models.CharField(_("purpose"), max_length=40, blank=True)
    rhythm = models.CharField(_("rhythm"), max_length=10, choices=Rhythm, default=Rhythm.MONTHLY)
    status = models.CharField(_("status"), max_length=10, choices=Status, default=Status.ACTIVE)
    external_ref = models.CharField(_("reference in the old bank"), max_length=64, null=True, blank=True, unique=True)

    class Meta:
        verbose_name = _("standing order")
        verbose_name_plural = _("standing orders")
        default_permissions = ("view",)
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                condition=Q(amount__gt=0, amount__lte=MOST_MINOR), name="standing_order_moves_something"
            ),
            models.CheckConstraint(condition=Q(rhythm__in=["monthly"]), name="standing_order_rhythm"),
            models.CheckConstraint(condition=Q(status__in=["active", "ended"]), name="standing_order_status"),
        ]

    def __str__(self) -> str:
        return f"{self.payee_account} {self.currency}"


class MovementPaper(models.Model):
    """A receipt on paper of one movement of an account, with the code by which anybody who holds it can check it."""

    bank_account = models.ForeignKey("accounts.BankAccount", on_delete=models.PROTECT, related_name="+")
    number = models.BigIntegerField(_("line of the account"))  # as the books number the account's lines
    verification_code = models.CharField(_("verification code"), max_length=32, unique=True)
    issued_at = models.DateTimeField(_("issued at"))

    class Meta:
        verbose_name = _("receipt of a movement")
        verbose_name_plural = _("receipts of movements")
        default_permissions = ()
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["bank_account", "number"], name="movement_paper_once_per_line"),
        ]

    def __str__(self) -> str:
        return f"{self.bank_account_id}/{self.number}"
