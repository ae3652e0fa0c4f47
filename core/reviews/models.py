"""One desk for every human decision: a case, what was checked, who decided, and its history.

Written by core.reviews.services alone. Checks, decisions and events are never changed or deleted.
"""

import uuid

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q, Value
from django.db.models.functions import Cast, Concat
from django.utils.translation import gettext_lazy as _

from core.reviews import rules

OPEN_STATES = [state.value for state in rules.State if state not in rules.CLOSED]
CLOSED_STATES = sorted(state.value for state in rules.CLOSED)


class Case(models.Model):
    """One decision on the desk."""

    class State(models.TextChoices):
        OPEN = "open", _("To be claimed")
        CLAIMED = "claimed", _("In review")
        WAITING = "waiting", _("Waits for a second review")
        APPROVED = "approved", _("Approved")
        DECLINED = "declined", _("Declined")
        WITHDRAWN = "withdrawn", _("Withdrawn")

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    # What people call the case on the telephone. The database makes it, so it has no gaps that a form could fill.
    number = models.GeneratedField(
        expression=Concat(Value("R"), Cast(F("id") + 100_000, models.CharField())),
        output_field=models.CharField(_("case number"), max_length=24),
        db_persist=True,
        unique=True,
    )
    subject = models.CharField(_("kind"), max_length=40)  # a name on the wiring board
    subject_id = models.CharField(_("subject"), max_length=64)
    title = models.CharField(_("concerns"), max_length=160)
    opened_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("asked for by"),
        on_delete=models.PROTECT,
        null=True,  # the system itself
        related_name="+",
    )
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.OPEN)
    rule = models.JSONField(_("rule"))  # rules.Rule, frozen
    approvals = models.PositiveSmallIntegerField(_("approvals so far"), default=0)
    needs = ArrayField(models.CharField(max_length=40), verbose_name=_("roles that may take the next step"))
    holder = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("held by"),
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
    )
    claimed_at = models.DateTimeField(_("claimed at"), null=True)
    opened_at = models.DateTimeField(_("case opened at"))
    due_at = models.DateTimeField(_("due at"))
    closed_at = models.DateTimeField(_("closed at"), null=True)

    class Meta:
        verbose_name = _("case")
        verbose_name_plural = _("cases")
        default_permissions = ("view",)
        constraints = [
            models.UniqueConstraint(fields=["subject", "subject_id"], name="reviews_case_once_per_subject"),
            models.CheckConstraint(
                name="reviews_case_claimed_has_holder",
                condition=Q(state="claimed", holder__isnull=False, claimed_at__isnull=False)
                | (~Q(state="claimed") & Q(holder__isnull=True, claimed_at__isnull=True)),
            ),
            models.CheckConstraint(
                name="reviews_case_closed_has_time",
                condition=Q(state__in=CLOSED_STATES, closed_at__isnull=False)
                | Q(state__in=OPEN_STATES, closed_at__isnull=True),
            ),
        ]
        indexes = [
            models.Index(fields=["due_at", "id"], condition=Q(state__in=OPEN_STATES), name="reviews_case_queue"),
            models.Index(fields=["-closed_at"], condition=Q(state__in=CLOSED_STATES), name="reviews_case_closed"),
        ]

    def __str__(self) -> str:
        return f"{self.number} · {self.title}"

    @property
    def frozen_rule(self) -> rules.Rule:
        return rules.Rule.from_json(self.rule)

    @property
    def is_closed(self) -> bool:
        return rules.State(self.state) in rules.CLOSED


class Check(models.Model):
    """What a machine found out about the matter before people looked at it."""

    class Outcome(models.TextChoices):
        PASS = "pass", _("In order")
        WARN = "warn", _("Look closely")
        FAIL = "fail", _("Not in order")
        COULD_NOT_RUN = "could_not_run", _("Could not be checked")

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="checks")
    name = models.CharField(_("check"), max_length=60)
    outcome = models.CharField(_("outcome"), max_length=13, choices=Outcome)
    evidence = models.JSONField(_("evidence"))
    sentences = models.JSONField(_("sentence"))  # language -> sentence
    checked_at = models.DateTimeField(_("checked at"))

    class Meta:
        verbose_name = _("check")
        verbose_name_plural = _("checks")
        default_permissions = ("view",)
        constraints = [models.UniqueConstraint(fields=["case", "name"], name="reviews_check_once_per_case")]

    def __str__(self) -> str:
        return f"{self.name}: {self.outcome}"


class Decision(models.Model):
    """What one person decided, and exactly what they had seen."""

    class Verdict(models.TextChoices):
        APPROVE = "approve", _("Approve")
        DECLINE = "decline", _("Decline")

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="decisions")
    step = models.PositiveSmallIntegerField(_("step"))  # 1 is the first pair of eyes
    reviewer = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("decided by"), on_delete=models.PROTECT, related_name="+"
    )
    verdict = models.CharField(_("verdict"), max_length=7, choices=Verdict)
    reasons = ArrayField(models.CharField(max_length=40), verbose_name=_("reasons"))
    note = models.TextField(_("note"), blank=True)
    digest = models.CharField(_("digest of what was seen"), max_length=64)
    decided_at = models.DateTimeField(_("decided at"))

    class Meta:
        verbose_name = _("decision")
        verbose_name_plural = _("decisions")
        default_permissions = ("view",)
        constraints = [
            models.UniqueConstraint(fields=["case", "reviewer"], name="reviews_decision_once_per_person"),
            models.UniqueConstraint(fields=["case", "step"], name="reviews_decision_once_per_step"),
            models.CheckConstraint(
                name="reviews_decision_decline_has_reason_and_note",
                condition=Q(verdict="approve") | (Q(reasons__len__gt=0) & ~Q(note="")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.verdict} ({self.step})"


class Event(models.Model):
    """One line of a case's history."""

    class Kind(models.TextChoices):
        OPENED = "opened", _("Case opened")
        CLAIMED = "claimed", _("Claimed")
        TAKEN_OVER = "taken_over", _("Taken over")
        RELEASED = "released", _("Given back")
        APPROVED = "approved", _("Approved")
        DECLINED = "declined", _("Declined")
        WITHDRAWN = "withdrawn", _("Withdrawn")

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="events")
    kind = models.CharField(_("what happened"), max_length=12, choices=Kind)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("by"), on_delete=models.PROTECT, null=True, related_name="+"
    )
    at = models.DateTimeField(_("time"))

    class Meta:
        verbose_name = _("history line")
        verbose_name_plural = _("history")
        default_permissions = ("view",)
        indexes = [models.Index(fields=["case", "id"], name="reviews_event_by_case")]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.kind}"
