"""Rules as data, version by version, what they found, and for whom one rests. A version and a finding never change."""

import uuid
from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.functional import Promise
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from payments.watching import Outcome

OUTCOMES: dict[int, Promise] = {
    Outcome.ALLOW.value: _("Adds points"),
    Outcome.CASE.value: _("Goes, and a colleague looks at it"),
    Outcome.STEP_UP.value: _("Never without a code"),
    Outcome.DELAY.value: _("Held for a while, then goes"),
    Outcome.CONFIRM.value: _("Held until the customer confirms once more"),
    Outcome.REVIEW.value: _("Held until a colleague decides"),
}


class RuleVersion(models.Model):
    """A rule as it counts from a business date on. The newest version that has begun counts; older ones stay."""

    class Mode(models.TextChoices):
        LIVE = "live", _("Live")
        SHADOW = "shadow", _("Shadow")
        OFF = "off", _("Off")

    code = models.CharField(pgettext_lazy("monitoring", "code"), max_length=8)
    version = models.PositiveIntegerField(pgettext_lazy("monitoring", "version"))
    mode = models.CharField(pgettext_lazy("monitoring", "mode"), max_length=6, choices=Mode)
    outcome = models.SmallIntegerField(pgettext_lazy("monitoring", "outcome"), choices=list(OUTCOMES.items()))
    points = models.SmallIntegerField(pgettext_lazy("monitoring", "points"), default=0, db_default=0)
    condition = models.JSONField(pgettext_lazy("monitoring", "condition"))
    title_zh = models.CharField(_("in Chinese"), max_length=80)
    title_en = models.CharField(_("in English"), max_length=120)
    counts_from = models.DateField(_("counts from"))
    change = models.UUIDField(_("change"), null=True, editable=False)  # by which two people made it; null: at set-up
    created_at = models.DateTimeField(_("created at"))

    class Meta:
        verbose_name = _("monitoring rule")
        verbose_name_plural = _("monitoring rules")
        default_permissions = ("view",)
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["code", "version"], name="monitoring_rule_version"),
            models.UniqueConstraint(
                fields=["change"], condition=Q(change__isnull=False), name="monitoring_rule_once_per_change"
            ),
            models.CheckConstraint(condition=Q(version__gte=1, points__range=(0, 100)), name="monitoring_rule_range"),
        ]

    def __str__(self) -> str:
        return f"{self.code} v{self.version}"

    @property
    def title(self) -> str:
        """What it looks for, in the reader's language."""
        return self.title_zh if (get_language() or "").startswith("zh") else self.title_en


class Trial(models.Model):
    """A version of a rule that somebody drafted, held against the payments of the past before it is asked for.

    What was drafted is never changed. `report` is what a back-test found (backtest.Report, as trials.dumped writes it).
    """

    class State(models.TextChoices):
        WAITING = "waiting", _("Being tried")
        DONE = "done", _("Tried")
        FAILED = "failed", _("Could not be tried")

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    code = models.CharField(pgettext_lazy("monitoring", "code"), max_length=8)
    based_on = models.PositiveIntegerField(_("drafted from version"))
    mode = models.CharField(pgettext_lazy("monitoring", "mode"), max_length=6, choices=RuleVersion.Mode)
    outcome = models.SmallIntegerField(pgettext_lazy("monitoring", "outcome"), choices=list(OUTCOMES.items()))
    points = models.SmallIntegerField(pgettext_lazy("monitoring", "points"), default=0)
    condition = models.JSONField(pgettext_lazy("monitoring", "condition"))
    since = models.DateField(pgettext_lazy("monitoring", "from"))
    until = models.DateField(pgettext_lazy("monitoring", "to"))
    asked_by = models.ForeignKey("accounts.User", on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField(_("asked at"))
    state = models.CharField(_("state"), max_length=7, choices=State, default=State.WAITING, db_default="waiting")
    report = models.JSONField(pgettext_lazy("monitoring", "report"), null=True)
    why = models.CharField(
        pgettext_lazy("monitoring", "why not"), max_length=200, blank=True, default="", db_default=""
    )
    ended_at = models.DateTimeField(_("ended at"), null=True)

    class Meta:
        verbose_name = _("trial of a rule")
        verbose_name_plural = _("trials of rules")
        default_permissions = ()
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                condition=Q(state="waiting", report__isnull=True, ended_at__isnull=True)
                | Q(state="done", report__isnull=False, ended_at__isnull=False)
                | (Q(state="failed", report__isnull=True, ended_at__isnull=False) & ~Q(why="")),
                name="monitoring_trial_ends_once",
            ),
            models.CheckConstraint(
                condition=Q(points__range=(0, 100), until__gte=models.F("since")), name="monitoring_trial_range"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.asked_at:%Y-%m-%d %H:%M}"


class Alert(models.Model):
    """A payment that at least one rule hit, judged in the transaction that made or held it."""

    ASK_A_COLLEAGUE: ClassVar[tuple[int, ...]] = (Outcome.CASE.value, Outcome.REVIEW.value)

    class Verdict(models.TextChoices):
        OPEN = "", _("Not decided")
        FRAUD = "fraud", _("Suspicion confirmed")
        FALSE_ALARM = "false", _("False alarm")

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    kind = models.CharField(pgettext_lazy("monitoring", "kind"), max_length=10)  # payments.watching.Moving.kind
    payment = models.UUIDField(pgettext_lazy("monitoring", "payment"), unique=True, editable=False)
    payer = models.ForeignKey("accounts.Customer", on_delete=models.PROTECT, related_name="+")
    amount = models.BigIntegerField(_("amount"))  # minor units
    currency = models.CharField(_("currency"), max_length=3)
    outcome = models.SmallIntegerField(pgettext_lazy("monitoring", "outcome"), choices=list(OUTCOMES.items()))
    points = models.SmallIntegerField(pgettext_lazy("monitoring", "points"))
    judged_at = models.DateTimeField(_("judged at"))
    verdict = models.CharField(
        pgettext_lazy("monitoring", "verdict"), max_length=5, choices=Verdict, default="", db_default="", blank=True
    )
    decided_at = models.DateTimeField(_("decided at"), null=True)

    class Meta:
        verbose_name = _("alert")
        verbose_name_plural = _("alerts")
        default_permissions = ("view",)
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                condition=Q(verdict="", decided_at__isnull=True) | (~Q(verdict="") & Q(decided_at__isnull=False)),
                name="monitoring_alert_decided_at_a_moment",
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["judged_at"], name="monitoring_alert_by_time")]

    def __str__(self) -> str:
        return str(getattr(self, "reference_of", None) or self.payment)  # the back office asks for the reference


class Hit(models.Model):
    """One rule that was true of an alert's payment: which version, in which mode, and of what it was true."""

    alert = models.ForeignKey(Alert, on_delete=models.CASCADE, related_name="hits")
    rule = models.ForeignKey(RuleVersion, on_delete=models.PROTECT, related_name="hits")
    measured = models.JSONField(_("measured"))  # measure -> value, of those the rule compares

    class Meta:
        verbose_name = _("hit")
        verbose_name_plural = _("hits")
        default_permissions = ()
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["alert", "rule"], name="monitoring_hit_once"),
        ]

    def __str__(self) -> str:
        return f"{self.alert_id} {self.rule_id}"


class Pause(models.Model):
    """A rule that does not count for one customer for a time, after colleagues found that it was wrong about them."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    code = models.CharField(pgettext_lazy("monitoring", "code"), max_length=8)
    customer = models.ForeignKey("accounts.Customer", on_delete=models.PROTECT, related_name="+")
    alert = models.ForeignKey(Alert, on_delete=models.PROTECT, related_name="pauses")  # the false alarm
    since = models.DateTimeField(_("since"))
    until = models.DateTimeField(pgettext_lazy("monitoring", "until"))  # brought forward when it is ended early
    change = models.UUIDField(_("change"), unique=True, editable=False)  # by which two people made it

    class Meta:
        verbose_name = _("pause of a rule")
        verbose_name_plural = _("pauses of rules")
        default_permissions = ()
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(condition=Q(until__gte=models.F("since")), name="monitoring_pause_ends_after"),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["customer", "code"], name="monitoring_pause_of_customer")
        ]

    def __str__(self) -> str:
        return f"{self.code} {self.customer_id}"
