"""One desk for every human decision: a case, what was checked and asked, who decided, and its history.

Written by core.reviews.services alone. Checks, questions, answers, decisions, escalations and events are never changed
or deleted; triggers keep a case from being closed without the decisions that its rule asks for (migration 0005).
"""

import uuid

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q, Value
from django.db.models.functions import Cast, Concat
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from core.reviews import rules

OPEN_STATES = [state.value for state in rules.State if state not in rules.CLOSED]
CLOSED_STATES = sorted(state.value for state in rules.CLOSED)


class Case(models.Model):
    """One decision on the desk."""

    class State(models.TextChoices):
        OPEN = "open", _("To be claimed")
        CLAIMED = "claimed", _("In review")
        WAITING = "waiting", _("Waits for a second review")
        ASKED = "asked", _("Waits for the customer")
        APPROVED = "approved", _("Approved")
        DECLINED = "declined", _("Declined")
        WITHDRAWN = "withdrawn", _("Withdrawn")
        EXPIRED = "expired", pgettext_lazy("case", "Expired")

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
    # Whose turn it is while nobody holds the case: given by the desk, or by a colleague who handed it over.
    assignee = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        verbose_name=_("assigned to"),
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
    )
    skills = ArrayField(models.CharField(max_length=40), verbose_name=_("skills it takes"), default=list, db_default=[])
    pending_key = models.CharField(_("pending act"), max_length=120, default="", db_default="", blank=True)
    corrects = models.OneToOneField(
        "self", verbose_name=_("corrects the case"), on_delete=models.PROTECT, null=True, related_name="corrected_by"
    )
    opened_at = models.DateTimeField(_("case opened at"))
    warn_at = models.DateTimeField(_("warned at"), null=True)  # most of its time is gone
    due_at = models.DateTimeField(_("due at"))  # later by every pause
    expires_at = models.DateTimeField(_("can be decided until"), null=True)
    closed_at = models.DateTimeField(_("closed at"), null=True)
    worked_seconds = models.PositiveIntegerField(_("working time it took"), null=True)  # seconds, without the pauses

    class Meta:
        verbose_name = _("case")
        verbose_name_plural = _("cases")
        default_permissions = ("view",)
        constraints = [
            models.UniqueConstraint(
                fields=["subject", "subject_id"],
                condition=Q(corrects__isnull=True),
                name="reviews_case_first_once_per_subject",
            ),
            models.UniqueConstraint(
                fields=["subject", "pending_key"],
                condition=Q(closed_at__isnull=True) & ~Q(pending_key=""),
                name="reviews_case_one_pending_act",
            ),
            models.CheckConstraint(
                name="reviews_case_claimed_has_holder",
                condition=Q(state="claimed", holder__isnull=False, claimed_at__isnull=False)
                | (~Q(state="claimed") & Q(holder__isnull=True, claimed_at__isnull=True)),
            ),
            models.CheckConstraint(
                name="reviews_case_closed_at_its_end",
                condition=Q(state__in=CLOSED_STATES, closed_at__isnull=False)
                | Q(state__in=OPEN_STATES, closed_at__isnull=True),
            ),
        ]
        indexes = [
            models.Index(fields=["due_at", "id"], condition=Q(closed_at__isnull=True), name="reviews_case_undecided"),
            models.Index(fields=["-closed_at"], condition=Q(closed_at__isnull=False), name="reviews_case_decided"),
            models.Index(fields=["subject", "subject_id"], name="reviews_case_by_subject"),
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


class Question(models.Model):
    """What the person concerned was asked, as codes that the subject puts into words. The case's clock stands still."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="questions")
    codes = ArrayField(models.CharField(max_length=40), verbose_name=_("questions"))
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("asked by"), on_delete=models.PROTECT, related_name="+"
    )
    asked_at = models.DateTimeField(_("asked at"))
    answer_by = models.DateTimeField(_("answer wanted by"))

    class Meta:
        verbose_name = _("question to the customer")
        verbose_name_plural = _("questions to the customer")
        default_permissions = ("view",)
        indexes = [models.Index(fields=["case", "id"], name="reviews_question_by_case")]

    def __str__(self) -> str:
        return ", ".join(self.codes)


class Answer(models.Model):
    """How a question ended. What was written is personal, so it is kept sealed (doors.py)."""

    class Outcome(models.TextChoices):
        ANSWERED = "answered", _("Customer answered")
        UNANSWERED = "unanswered", _("No answer in time")
        RECALLED = "recalled", _("Question taken back")

    question = models.OneToOneField(Question, on_delete=models.PROTECT, related_name="answer")
    outcome = models.CharField(_("outcome"), max_length=10, choices=Outcome)
    sealed = models.BinaryField(_("answer"), default=b"")
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("by"), on_delete=models.PROTECT, null=True, related_name="+"
    )
    answered_at = models.DateTimeField(_("time"))

    class Meta:
        verbose_name = _("answer")
        verbose_name_plural = _("answers")
        default_permissions = ()

    def __str__(self) -> str:
        return self.get_outcome_display()


class Escalation(models.Model):
    """That a case has been raised, once for each level."""

    class Level(models.IntegerChoices):
        WARNED = 80, _("Most of the time is gone")
        OVERDUE = 100, _("Overdue")

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="escalations")
    level = models.PositiveSmallIntegerField(_("level"), choices=Level)  # per cent of the time that are gone
    told = ArrayField(models.BigIntegerField(), verbose_name=_("told"))  # people, by primary key
    at = models.DateTimeField(_("time"))

    class Meta:
        verbose_name = _("escalation")
        verbose_name_plural = _("escalations")
        default_permissions = ()
        constraints = [models.UniqueConstraint(fields=["case", "level"], name="reviews_escalation_once_per_level")]

    def __str__(self) -> str:
        return f"{self.level} %"


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
    # Which version of each reason's text was in force, in the order of `reasons`; none on decisions from before there
    # were versions, which were told the first.
    reason_versions = ArrayField(
        models.PositiveSmallIntegerField(), verbose_name=_("versions of the reasons"), default=list, db_default=[]
    )
    note = models.TextField(_("note"), blank=True)
    digest = models.CharField(_("digest of what was seen"), max_length=64)
    decided_at = models.DateTimeField(_("decided at"))
    # The transaction it was made in, set by a trigger: only the same transaction can close a case on it.
    made_in = models.BigIntegerField(_("transaction"), null=True, editable=False)

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
        EXPIRED = "expired", pgettext_lazy("case", "Expired")
        ASKED = "asked", _("Customer asked")
        ANSWERED = "answered", _("Customer answered")
        UNANSWERED = "unanswered", _("No answer in time")
        RECALLED = "recalled", _("Question taken back")
        ASSIGNED = "assigned", _("Assigned to")
        HANDED_OVER = "handed_over", _("Handed over to")
        WARNED = "warned", _("Most of the time is gone")
        OVERDUE = "overdue", _("Overdue")
        REOPENED = "reopened", _("Opened to correct a decision")

    case = models.ForeignKey(Case, on_delete=models.PROTECT, related_name="events")
    kind = models.CharField(_("what happened"), max_length=12, choices=Kind)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("by"), on_delete=models.PROTECT, null=True, related_name="+"
    )
    at = models.DateTimeField(_("time"))
    person = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("to"), on_delete=models.PROTECT, null=True, related_name="+"
    )  # whom the case was given to
    note = models.CharField(_("note"), max_length=500, default="", db_default="", blank=True)

    class Meta:
        verbose_name = _("history line")
        verbose_name_plural = _("history")
        default_permissions = ("view",)
        indexes = [models.Index(fields=["case", "id"], name="reviews_event_by_case")]

    def __str__(self) -> str:
        return f"{self.at:%Y-%m-%d %H:%M} {self.kind}"
