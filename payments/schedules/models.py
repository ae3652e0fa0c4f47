"""What customers agreed to have moved later, and what became of each date."""

import uuid
from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from payments.models import MOST_MINOR, Transfer
from payments.schedules.rhythm import Ending, Holiday, Rhythm, Unit


class Schedule(models.Model):
    """A dated transfer or a standing order, as it was confirmed.

    active <-> paused   by its payer
    active, paused -> cancelled   by its payer
    active, paused -> ended       nothing is left to pay, or it cannot be paid any more (`ended_because`)
    """

    class State(models.TextChoices):
        ACTIVE = "active", _("Active")
        PAUSED = "paused", _("Paused")
        CANCELLED = "cancelled", _("Cancelled")
        ENDED = "ended", pgettext_lazy("order", "Ended")

    class Kind(models.TextChoices):
        OWN = Transfer.Kind.OWN.value, Transfer.Kind.OWN.label
        CUSTOMER = Transfer.Kind.CUSTOMER.value, Transfer.Kind.CUSTOMER.label
        BANK = "bank", _("To another bank")

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    payer = models.ForeignKey("accounts.Customer", on_delete=models.PROTECT, related_name="schedules")
    source = models.ForeignKey("accounts.BankAccount", on_delete=models.PROTECT, related_name="+")
    # Whom it pays: an account at this bank, an own one or a payee's, or a payee at another bank.
    destination = models.ForeignKey("accounts.BankAccount", on_delete=models.PROTECT, null=True, related_name="+")
    payee = models.ForeignKey("payments.Payee", on_delete=models.PROTECT, null=True, related_name="schedules")
    other_payee = models.ForeignKey(
        "clearing.OtherPayee",
        on_delete=models.PROTECT,
        null=True,
        related_name="schedules",
        verbose_name=_("payee at another bank"),
    )
    kind = models.CharField(_("kind"), max_length=8, choices=Kind)
    shown_name = models.CharField(_("payee as shown"), max_length=120)
    amount = models.BigIntegerField(_("amount"))  # minor units
    currency = models.CharField(_("currency"), max_length=3)
    memo = models.CharField(_("memo"), max_length=100, blank=True)
    unit = models.CharField(_("rhythm"), max_length=5, choices=[(unit.value, unit.value) for unit in Unit])
    every = models.PositiveSmallIntegerField(_("every so many"), default=1)
    starts_on = models.DateField(_("first date"))
    last_day = models.BooleanField(_("on the last day of the month"), default=False)
    holiday = models.CharField(
        _("when it is no working day"), max_length=6, choices=[(rule.value, rule.value) for rule in Holiday]
    )
    until = models.DateField(_("last possible date"), null=True)
    count = models.PositiveIntegerField(_("number of payments"), null=True)
    total = models.BigIntegerField(_("total"), null=True)  # minor units
    notice_days = models.PositiveSmallIntegerField(_("days of notice"), default=0)  # 0: no notice before
    state = models.CharField(_("state"), max_length=9, choices=State, default=State.ACTIVE)
    ended_because = models.CharField(_("ended because"), max_length=30, blank=True)  # a word of words.REASONS
    ended_at = models.DateTimeField(_("ended at"), null=True)
    # The next date: the so-manieth, the day it stands for, the day on which it is made.
    next_index = models.PositiveIntegerField(default=0)
    next_nominal = models.DateField(_("next date as agreed"), null=True)
    next_day = models.DateField(_("next date"), null=True)
    told_for = models.DateField(null=True)  # the date as agreed of which the payer was told before
    paid_count = models.PositiveIntegerField(_("payments made"), default=0)
    paid_total = models.BigIntegerField(_("paid so far"), default=0)  # minor units
    version = models.PositiveIntegerField(_("version"), default=1)
    step_up = models.UUIDField(null=True, editable=False)  # the question whose answer confirmed the present version
    brought = models.OneToOneField(
        "payments.StandingOrder", on_delete=models.PROTECT, null=True, related_name="brought_to_life"
    )
    created_at = models.DateTimeField(_("created at"))

    class Meta:
        verbose_name = _("dated transfer or standing order")
        verbose_name_plural = _("dated transfers and standing orders")
        default_permissions = ("view",)
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(condition=Q(amount__gt=0, amount__lte=MOST_MINOR), name="schedule_moves_something"),
            models.CheckConstraint(condition=~Q(source=F("destination")), name="schedule_between_two_accounts"),
            models.CheckConstraint(
                condition=Q(state__in=["active", "paused"], next_nominal__isnull=False, next_day__isnull=False,
                            ended_at__isnull=True)
                | Q(state__in=["cancelled", "ended"], next_nominal__isnull=True, next_day__isnull=True,
                    ended_at__isnull=False),
                name="schedule_runs_or_has_ended",
            ),
            models.CheckConstraint(
                condition=Q(kind="own", destination__isnull=False, payee__isnull=True, other_payee__isnull=True)
                | Q(kind="customer", destination__isnull=False, payee__isnull=False, other_payee__isnull=True)
                | Q(kind="bank", destination__isnull=True, payee__isnull=True, other_payee__isnull=False),
                name="schedule_kind_has_its_end",
            ),
            models.CheckConstraint(
                condition=Q(unit__in=[unit.value for unit in Unit], every__gte=1, every__lte=99)
                & Q(holiday__in=[rule.value for rule in Holiday]),
                name="schedule_rhythm",
            ),
            models.CheckConstraint(
                condition=(Q(total__isnull=True) | Q(total__gt=0, paid_total__lte=F("total")))
                & (Q(count__isnull=True) | Q(count__gt=0, paid_count__lte=F("count"))),
                name="schedule_pays_no_more_than_agreed",
            ),
        ]  # fmt: skip
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["next_day", "id"], condition=Q(state="active"), name="schedule_due"),
        ]

    def __str__(self) -> str:
        return f"{self.payer_id} {self.amount} {self.currency} {self.unit}"

    @property
    def runs(self) -> bool:
        """Whether more may come of it."""
        return self.state in {self.State.ACTIVE, self.State.PAUSED}

    @property
    def payee_number(self) -> str:
        """The number of the account that is paid."""
        if self.other_payee is not None:
            return self.other_payee.number
        assert self.destination is not None  # noqa: S101 - the table sees to it
        return self.destination.number

    @property
    def rhythm(self) -> Rhythm:
        return Rhythm(
            unit=Unit(self.unit), starts_on=self.starts_on, every=self.every, last_day=self.last_day,
            holiday=Holiday(self.holiday), until=self.until,
        )  # fmt: skip

    @property
    def next_amount(self) -> int:
        """How much the next payment is, in minor units; 0 when nothing follows."""
        ending = Ending(self.count, self.total)
        return ending.next_amount(self.amount, paid_count=self.paid_count, paid_total=self.paid_total)


class Occurrence(models.Model):
    """What became of one date of a schedule. A date that lies ahead has no row, unless it was skipped."""

    class State(models.TextChoices):
        MADE = "made", _("Made")
        SHORT = "short", _("The account was short; tried again later the same day")
        MISSED = "missed", _("Not made")
        SKIPPED = "skipped", _("Left out at your wish")

    schedule = models.ForeignKey(Schedule, on_delete=models.PROTECT, related_name="occurrences", db_index=False)
    nominal = models.DateField(_("date as agreed"))
    day = models.DateField(_("date"))  # business date
    state = models.CharField(_("state"), max_length=7, choices=State)
    reason = models.CharField(_("reason"), max_length=30, blank=True)  # a word of payments.schedules.words
    amount = models.BigIntegerField(_("amount"))  # minor units
    transfer = models.OneToOneField("payments.Transfer", on_delete=models.PROTECT, null=True, related_name="occurrence")
    payment = models.OneToOneField(
        "clearing.Payment",
        on_delete=models.PROTECT,
        null=True,
        related_name="occurrence",
        verbose_name=_("payment to another bank"),
    )
    at = models.DateTimeField(_("time"))

    class Meta:
        verbose_name = _("date of a standing order")
        verbose_name_plural = _("dates of standing orders")
        default_permissions = ()
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["schedule", "nominal"], name="occurrence_once_per_date"),
            models.CheckConstraint(
                condition=Q(state="made", transfer__isnull=False, payment__isnull=True)
                | Q(state="made", transfer__isnull=True, payment__isnull=False)
                | Q(state="missed")  # with what was held and given back
                | Q(state__in=["short", "skipped"], transfer__isnull=True, payment__isnull=True),
                name="occurrence_fits_its_state",
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["day", "schedule"], condition=Q(state="short"), name="occurrence_short"),
        ]

    def __str__(self) -> str:
        return f"{self.schedule_id} {self.nominal:%Y-%m-%d} {self.state}"

    @property
    def held(self) -> bool:
        """Whether its money is kept back on the payer's account, so that it may yet go or be given back."""
        paid = self.transfer or self.payment
        return self.state == self.State.MADE and paid is not None and paid.state == Transfer.State.HELD

    @property
    def became(self) -> str:
        """What became of it, in the reader's language; of a payment to another bank, how that stands now."""
        if self.held:
            return gettext("Held, not sent yet")
        if self.state == self.State.MADE and self.payment is not None:
            return self.payment.get_state_display()
        return self.get_state_display()


class Proposal(models.Model):
    """An order, or a change of one, that was filled in and waits on its check page. Confirmed once, or void."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    customer = models.ForeignKey("accounts.Customer", on_delete=models.CASCADE, related_name="+")
    key = models.UUIDField(editable=False)  # made with the form, so that a double click is one proposal
    terms = models.JSONField(_("terms"))  # payments.schedules.terms.Terms
    changes = models.ForeignKey(Schedule, on_delete=models.PROTECT, null=True, related_name="+")
    version = models.PositiveIntegerField(default=0)  # of the schedule that is changed, as it was shown
    brought = models.ForeignKey("payments.StandingOrder", on_delete=models.PROTECT, null=True, related_name="+")
    made = models.ForeignKey(Schedule, on_delete=models.PROTECT, null=True, related_name="+")
    created_at = models.DateTimeField(_("created at"))
    expires_at = models.DateTimeField(_("void after"))

    class Meta:
        verbose_name = _("order that waits for confirmation")
        verbose_name_plural = _("orders that wait for confirmation")
        default_permissions = ()
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["customer", "key"], name="proposal_one_per_form"),
        ]

    def __str__(self) -> str:
        return str(self.public_id)
