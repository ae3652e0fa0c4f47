"""What a person does about their own data: copies, consents, corrections, the end; and who looked at it."""

import uuid

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts import vault
from accounts.models import Customer
from accounts.mydata.records import Emergency, Forgotten, Look, PersonWanted, Protection, Takeout

__all__ = [
    "Closing", "Consent", "ConsentText", "Correction", "Disclosure", "Emergency", "Export", "ExportFile", "Forgotten",
    "Look", "PersonWanted", "Protection", "Takeout",
]  # fmt: skip


class Export(models.Model):
    """A copy of everything about one customer, made by a worker and kept for a day."""

    class State(models.TextChoices):
        WAITING = "waiting", _("Being prepared")
        READY = "ready", _("Ready")
        EXPIRED = "expired", _("Deleted")
        FAILED = "failed", _("Could not be made")

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="exports")
    language = models.CharField(_("language"), max_length=10)
    state = models.CharField(_("state"), max_length=7, choices=State, default=State.WAITING)
    done_percent = models.PositiveSmallIntegerField(_("done, per cent"), default=0)
    asked_at = models.DateTimeField(_("asked for at"))
    ready_at = models.DateTimeField(_("ready at"), null=True)
    expires_at = models.DateTimeField(_("kept until"), null=True)
    deleted_at = models.DateTimeField(_("deleted at"), null=True)

    class Meta:
        verbose_name = _("copy of personal data")
        verbose_name_plural = _("copies of personal data")
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                fields=["customer"], condition=Q(state="waiting"), name="mydata_export_one_at_a_time"
            ),
            models.CheckConstraint(
                condition=~Q(state="ready") | Q(ready_at__isnull=False, expires_at__gt=F("ready_at")),
                name="mydata_export_ready_has_its_end",
            ),
            models.CheckConstraint(condition=Q(done_percent__lte=100), name="mydata_export_percent"),
        ]
        indexes = [
            models.Index(fields=["customer", "-asked_at"], name="mydata_export_newest_first"),
            models.Index(fields=["expires_at"], condition=Q(state="ready"), name="mydata_export_to_delete"),
        ]

    def __str__(self) -> str:
        return str(self.public_id)


class ExportFile(models.Model):
    """One file of a copy; sealed on disk under a generated name, deleted when the copy expires."""

    class Kind(models.TextChoices):
        PDF = "pdf", _("To read (PDF)")
        JSON = "json", _("For other programs (JSON)")
        TABLES = "tables", _("For a spreadsheet (CSV, in a ZIP)")

    export = models.ForeignKey(Export, on_delete=models.CASCADE, related_name="files")
    kind = models.CharField(_("kind"), max_length=6, choices=Kind)
    file = models.CharField(_("file"), max_length=80, blank=True)
    size = models.PositiveBigIntegerField(_("bytes"))
    digest = models.CharField(_("digest"), max_length=64)  # SHA-256 of what is downloaded

    class Meta:
        verbose_name = _("file of a copy")
        verbose_name_plural = _("files of copies")
        default_permissions = ()
        constraints = [models.UniqueConstraint(fields=["export", "kind"], name="mydata_exportfile_once_per_kind")]

    def __str__(self) -> str:
        return f"{self.export_id} {self.kind}"


class ConsentText(models.Model):
    """The words somebody was asked with, as they stood. A new wording is a new version."""

    purpose = models.CharField(_("purpose"), max_length=40)
    version = models.PositiveSmallIntegerField(_("version"))
    texts = models.JSONField(_("texts"))  # language -> {"title", "text"}

    class Meta:
        verbose_name = _("wording of a consent")
        verbose_name_plural = _("wordings of consents")
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["purpose", "version"], name="mydata_consenttext_once_per_version")
        ]

    def __str__(self) -> str:
        return f"{self.purpose} {self.version}"


class Consent(models.Model):
    """One line of the history of a consent: given, or withdrawn. The newest of a purpose counts. Never changed."""

    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="consents")
    text = models.ForeignKey(ConsentText, on_delete=models.PROTECT, related_name="+")
    given = models.BooleanField(_("given"))
    language = models.CharField(_("read in"), max_length=10)
    at = models.DateTimeField(_("time"))

    class Meta:
        verbose_name = _("consent")
        verbose_name_plural = _("consents")
        default_permissions = ()
        indexes = [models.Index(fields=["customer", "-at", "-id"], name="mydata_consent_newest_first")]

    def __str__(self) -> str:
        return f"{self.text_id} {self.given}"


class Disclosure(models.Model):
    """A member of staff read something of a customer in the clear, and why. The customer sees it. Never changed."""

    class What(models.TextChoices):
        DOCUMENT_NUMBER = "document_number", _("Number of your identity document")
        ADDRESS = "address", _("Your address")
        PHONE = "phone", _("Your mobile number")

    class Why(models.TextChoices):
        ASKED = "asked", _("You asked us for something")
        CASE = "case", _("A case about you was decided")
        COURT = "court", _("A court or an authority asked for it by law")
        ERROR = "error", _("An error in our records was looked into")

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="disclosures")
    staff = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("member of staff"), on_delete=models.PROTECT, related_name="+"
    )
    role = models.CharField(_("in the role"), max_length=40)
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("approved by"), on_delete=models.PROTECT, null=True, related_name="+"
    )
    what = models.CharField(_("what was read"), max_length=20, choices=What)
    why = models.CharField(_("why"), max_length=10, choices=Why)
    reason = models.TextField(_("reason"))  # in the colleague's own words; for the bank, not for the customer
    at = models.DateTimeField(_("time"))

    class Meta:
        verbose_name = _("disclosure to staff")
        verbose_name_plural = _("disclosures to staff")
        default_permissions = ("view",)
        constraints = [
            models.CheckConstraint(condition=~Q(reason=""), name="mydata_disclosure_has_reason"),
            models.CheckConstraint(
                condition=Q(approved_by__isnull=True) | ~Q(approved_by=F("staff")),
                name="mydata_disclosure_approved_by_another",
            ),
        ]
        indexes = [models.Index(fields=["customer", "-at"], name="mydata_disclosure_newest_first")]

    def __str__(self) -> str:
        return f"{self.what} {self.at:%Y-%m-%d %H:%M}"


class Closing(models.Model):
    """The end of a relationship: asked for, waited for, carried out by a worker or taken back."""

    class State(models.TextChoices):
        WAITING = "waiting", _("Waiting")
        CANCELLED = "cancelled", _("Taken back")
        STOPPED = "stopped", _("Could not be carried out")
        DONE = "done", pgettext_lazy("relationship", "Closed")

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="closings")
    state = models.CharField(_("state"), max_length=9, choices=State, default=State.WAITING)
    asked_at = models.DateTimeField(_("asked for at"))
    due_at = models.DateTimeField(_("carried out from"))
    ended_at = models.DateTimeField(_("ended at"), null=True)
    # Set when it is carried out.
    closed_on = models.DateField(_("closed on"), null=True)  # business date
    keep_until = models.DateField(_("records kept until"), null=True)
    reads_until = models.DateField(_("can be read until"), null=True)  # the sign-in ends after this day
    sign_in_ended_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("end of a relationship")
        verbose_name_plural = _("ends of relationships")
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                fields=["customer"], condition=Q(state__in=["waiting", "done"]), name="mydata_closing_one_at_a_time"
            ),
            models.CheckConstraint(
                condition=Q(state="waiting", ended_at__isnull=True)
                | Q(state__in=["cancelled", "stopped"], ended_at__isnull=False, closed_on__isnull=True)
                | Q(
                    state="done",
                    ended_at__isnull=False,
                    closed_on__isnull=False,
                    keep_until__isnull=False,
                    reads_until__isnull=False,
                ),
                name="mydata_closing_state_has_its_moment",
            ),
        ]
        indexes = [models.Index(fields=["due_at"], condition=Q(state="waiting"), name="mydata_closing_due")]

    def __str__(self) -> str:
        return f"{self.public_id} {self.state}"


class Correction(models.Model):
    """What a customer says is wrong in their record. Decided on the review desk; old and new are kept sealed."""

    class What(models.TextChoices):
        LEGAL_NAME = "legal_name", _("Legal name")
        ADDRESS = "address", _("Address")

    class State(models.TextChoices):
        IN_REVIEW = "in_review", _("With a reviewer")
        DONE = "done", _("Corrected")
        DECLINED = "declined", _("Not corrected")
        WITHDRAWN = "withdrawn", _("Taken back")

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    customer = models.ForeignKey(Customer, on_delete=models.PROTECT, related_name="corrections")
    what = models.CharField(_("what"), max_length=10, choices=What)
    old_sealed = models.BinaryField()
    new_sealed = models.BinaryField()
    why = models.CharField(_("why"), max_length=300)
    evidence = models.CharField(_("evidence"), max_length=80, blank=True)  # a sealed photo
    state = models.CharField(_("state"), max_length=9, choices=State, default=State.IN_REVIEW)
    reasons = models.JSONField(_("reasons"), default=list)
    asked_at = models.DateTimeField(_("asked for at"))
    decided_at = models.DateTimeField(_("decided at"), null=True)

    class Meta:
        verbose_name = _("correction")
        verbose_name_plural = _("corrections")
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                fields=["customer", "what"], condition=Q(state="in_review"), name="mydata_correction_one_at_a_time"
            ),
        ]
        indexes = [models.Index(fields=["customer", "-asked_at"], name="mydata_correction_newest_first")]

    def __str__(self) -> str:
        return f"{self.what} {self.state}"

    @property
    def old(self) -> str:
        return vault.decrypt(bytes(self.old_sealed), self.purpose("old")).decode()

    @property
    def new(self) -> str:
        return vault.decrypt(bytes(self.new_sealed), self.purpose("new")).decode()

    def seal(self, *, old: str, new: str) -> None:
        """This function will keep both values unreadable."""
        self.old_sealed = vault.encrypt(old.encode(), self.purpose("old"))
        self.new_sealed = vault.encrypt(new.encode(), self.purpose("new"))

    def purpose(self, which: str) -> str:
        """This function will name what a value of this row is sealed for."""
        return f"mydata.correction.{which}:{self.public_id}"
