"""What is kept about the keeping itself: who was forgotten, who is specially protected, who looked at whom and why,
who broke the glass, which files colleagues took out, and who asked for a person in place of a machine.
"""

import uuid

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models import Customer


class Forgotten(models.Model):
    """That the personal data of somebody was deleted, when and why, and how many rows of what. Never changed."""

    class Ground(models.TextChoices):
        ENDED = "ended", _("The time for which records are kept is over")
        UNFINISHED = "unfinished", _("Registered and never came back")

    customer = models.OneToOneField(Customer, on_delete=models.PROTECT, related_name="forgotten")
    ground = models.CharField(_("ground"), max_length=10, choices=Ground)
    rows = models.JSONField(_("rows"))  # model -> how many
    at = models.DateTimeField(_("time"))

    class Meta:
        app_label = "mydata"
        verbose_name = _("deletion of personal data")
        verbose_name_plural = _("deletions of personal data")
        default_permissions = ()

    def __str__(self) -> str:
        return f"{self.customer_id} {self.ground}"


class Protection(models.Model):
    """Somebody whose record no colleague opens without a task or a reason: well-known, threatened, or a colleague."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="protections")
    reason = models.CharField(_("reason"), max_length=300)
    since = models.DateTimeField(_("since"))
    ended_at = models.DateTimeField(_("ended at"), null=True)

    class Meta:
        app_label = "mydata"
        verbose_name = _("special protection")
        verbose_name_plural = _("special protections")
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                fields=["customer"], condition=Q(ended_at__isnull=True), name="mydata_protection_one_at_a_time"
            )
        ]

    def __str__(self) -> str:
        return f"{self.customer_id} {self.since:%Y-%m-%d}"


class Look(models.Model):
    """A colleague opened a record that is covered, and why. Opens it for a short while. Never changed."""

    class Covered(models.TextChoices):
        PROTECTED = "protected", _("Specially protected")
        CLOSED = "closed", _("Relationship ended, data restricted")

    class Ground(models.TextChoices):
        REASON = "reason", _("With a reason")
        TASK = "task", _("For a case the colleague holds")
        EMERGENCY = "emergency", _("In an emergency")

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    customer = models.ForeignKey(
        Customer, verbose_name=_("customer"), on_delete=models.PROTECT, related_name="looks_at_record"
    )
    staff = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("member of staff"), on_delete=models.PROTECT, related_name="+"
    )
    covered = models.CharField(_("why covered"), max_length=9, choices=Covered)
    ground = models.CharField(_("opened"), max_length=9, choices=Ground)
    reason = models.CharField(_("reason"), max_length=500)
    at = models.DateTimeField(_("time"))
    until = models.DateTimeField(_("open until"))

    class Meta:
        app_label = "mydata"
        verbose_name = _("look at a covered record")
        verbose_name_plural = _("looks at covered records")
        default_permissions = ("view",)
        constraints = [
            models.CheckConstraint(condition=~Q(reason=""), name="mydata_look_has_reason"),
            models.CheckConstraint(condition=Q(until__gt=F("at")), name="mydata_look_ends"),
        ]
        indexes = [models.Index(fields=["staff", "customer", "-until"], name="mydata_look_open")]

    def __str__(self) -> str:
        return f"{self.customer_id} {self.at:%Y-%m-%d %H:%M}"


class Emergency(models.Model):
    """A colleague took rights they do not hold, for a short while and a reason; a second person was told at once."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    staff = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("member of staff"), on_delete=models.PROTECT, related_name="+"
    )
    duty = models.CharField(_("duty"), max_length=40)  # settings.EMERGENCY_DUTIES
    reason = models.CharField(_("reason"), max_length=500)
    told = ArrayField(models.BigIntegerField(), verbose_name=_("told"))  # people, by primary key
    began_at = models.DateTimeField(_("began"))
    until = models.DateTimeField(_("until"))
    ended_at = models.DateTimeField(_("ended at"), null=True)

    class Meta:
        app_label = "mydata"
        verbose_name = _("emergency access")
        verbose_name_plural = _("emergency accesses")
        default_permissions = ("view",)
        constraints = [
            models.CheckConstraint(condition=~Q(reason=""), name="mydata_emergency_has_reason"),
            models.CheckConstraint(condition=Q(told__len__gt=0), name="mydata_emergency_somebody_was_told"),
            models.CheckConstraint(condition=Q(until__gt=F("began_at")), name="mydata_emergency_ends"),
            models.UniqueConstraint(
                fields=["staff"], condition=Q(ended_at__isnull=True), name="mydata_emergency_one_at_a_time"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.duty} {self.began_at:%Y-%m-%d %H:%M}"


class Takeout(models.Model):
    """A file of rows that a colleague takes out of the portal: what for, what was asked, how much it is."""

    class State(models.TextChoices):
        READY = "ready", _("Ready")
        EXPIRED = "expired", _("Deleted")

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    kind = models.CharField(_("kind"), max_length=40)  # settings.TAKEOUTS
    wanted = models.JSONField(_("filter"))
    purpose = models.CharField(_("purpose"), max_length=300)
    case = models.CharField(_("case number"), max_length=40)
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("asked for by"), on_delete=models.PROTECT, related_name="+"
    )
    change = models.UUIDField(_("decided in"), null=True, unique=True)  # core.changes; none: small enough for one
    state = models.CharField(_("state"), max_length=7, choices=State, default=State.READY)
    rows = models.PositiveIntegerField(_("rows"))
    file = models.CharField(_("file"), max_length=80, blank=True)
    digest = models.CharField(_("digest"), max_length=64)  # SHA-256 of what is downloaded
    made_at = models.DateTimeField(_("made at"))
    expires_at = models.DateTimeField(_("kept until"))

    class Meta:
        app_label = "mydata"
        verbose_name = _("staff export")
        verbose_name_plural = _("staff exports")
        default_permissions = ()
        constraints = [
            models.CheckConstraint(condition=~Q(purpose="") & ~Q(case=""), name="mydata_takeout_has_purpose_and_case"),
            models.CheckConstraint(condition=Q(expires_at__gt=F("made_at")), name="mydata_takeout_expires"),
        ]
        indexes = [
            models.Index(fields=["asked_by", "-made_at"], name="mydata_takeout_newest_first"),
            models.Index(fields=["expires_at"], condition=Q(state="ready"), name="mydata_takeout_to_delete"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.made_at:%Y-%m-%d %H:%M}"


class PersonWanted(models.Model):
    """A customer asks for a person in place of what a machine decided (PIPL art. 24). Decided on the review desk."""

    class State(models.TextChoices):
        IN_REVIEW = "in_review", _("With a person")
        CHANGED = "changed", pgettext_lazy("decision", "Changed")
        STANDS = "stands", _("Stands")

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="persons_wanted")
    decision = models.CharField(_("decision"), max_length=20)  # accounts.mydata.automated
    since = models.CharField(_("as it stood"), max_length=40)  # which decision of its kind was meant
    why = models.CharField(_("what the customer says"), max_length=500)
    state = models.CharField(_("state"), max_length=9, choices=State, default=State.IN_REVIEW)
    reasons = models.JSONField(_("reasons"), default=list)
    asked_at = models.DateTimeField(_("asked for at"))
    promised_by = models.DateTimeField(_("answer promised by"))
    decided_at = models.DateTimeField(_("decided at"), null=True)

    class Meta:
        app_label = "mydata"
        verbose_name = _("wish for a person")
        verbose_name_plural = _("wishes for a person")
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                fields=["customer", "decision"], condition=Q(state="in_review"), name="mydata_person_one_at_a_time"
            ),
            models.CheckConstraint(
                condition=Q(state="in_review", decided_at__isnull=True)
                | Q(state__in=["changed", "stands"], decided_at__isnull=False),
                name="mydata_person_decided_has_time",
            ),
        ]
        indexes = [models.Index(fields=["customer", "-asked_at"], name="mydata_person_newest_first")]

    def __str__(self) -> str:
        return f"{self.decision} {self.state}"
