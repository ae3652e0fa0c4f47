"""Asking for a new second step without the old one, and what proves who asks."""

import uuid

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from accounts import vault


class Recovery(models.Model):
    """One person's request. It is decided by people and, whatever they decide, never carried out before `ready_at`."""

    class State(models.TextChoices):
        DRAFT = "draft", _("Being filled in")
        SENT = "sent", _("On the review desk")
        APPROVED = "approved", _("Approved")
        DECLINED = "declined", _("Not approved")
        STOPPED = "stopped", _("Stopped")
        DONE = "done", _("Carried out")
        LAPSED = "lapsed", _("Lapsed")

    OPEN = (State.DRAFT, State.SENT, State.APPROVED)
    WAITING = (State.SENT, State.APPROVED)  # there is something to stop

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="recoveries")
    state = models.CharField(_("state"), max_length=8, choices=State, default=State.DRAFT)
    from_known_device = models.BooleanField(_("asked from a device used before"))
    number_sealed = models.BinaryField(default=b"")
    uploads = models.PositiveSmallIntegerField(default=0)
    started_at = models.DateTimeField(_("begun at"))
    sent_at = models.DateTimeField(_("sent at"), null=True)
    halfway_at = models.DateTimeField(null=True)
    halfway_told_at = models.DateTimeField(null=True)
    ready_at = models.DateTimeField(_("not before"), null=True)
    decided_at = models.DateTimeField(_("decided at"), null=True)
    decline_reasons = ArrayField(models.CharField(max_length=40), default=list)
    lapses_at = models.DateTimeField(_("lapses at"), null=True)
    ended_at = models.DateTimeField(_("ended at"), null=True)
    ended_how = models.CharField(max_length=20, blank=True)

    class Meta:
        verbose_name = _("request for a new second step")
        verbose_name_plural = _("requests for a new second step")
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(
                fields=["user"], condition=Q(state__in=["draft", "sent", "approved"]), name="recovery_one_open"
            ),
            models.CheckConstraint(
                condition=Q(sent_at=None) | Q(ready_at__gt=F("sent_at")), name="recovery_waits_after_sending"
            ),
            models.CheckConstraint(
                condition=~Q(state="done") | Q(ended_at__gte=F("ready_at")), name="recovery_done_after_the_wait"
            ),
            models.CheckConstraint(
                condition=~Q(state__in=["approved", "done"]) | Q(decided_at__isnull=False),
                name="recovery_done_only_when_decided",
            ),
        ]

    def __str__(self) -> str:
        return str(self.public_id)

    @property
    def number(self) -> str:
        """The document number that was typed, in the clear."""
        return vault.decrypt(bytes(self.number_sealed), self._purpose).decode() if self.number_sealed else ""

    def seal_number(self, text: str) -> None:
        """This function will keep a number unreadable."""
        self.number_sealed = vault.encrypt(text.encode(), self._purpose)

    @property
    def _purpose(self) -> str:
        return f"recovery.number:{self.public_id}"


class Evidence(models.Model):
    """A photo that was taken for one request. The file is sealed; `file` is a generated name."""

    class Side(models.TextChoices):
        DOCUMENT = "document", _("Document, the side with the photo")
        SELFIE = "selfie", _("Photo of your face today")

    recovery = models.ForeignKey(Recovery, on_delete=models.PROTECT, related_name="evidence")
    side = models.CharField(max_length=8, choices=Side)
    file = models.CharField(max_length=80, unique=True)
    digest = models.CharField(max_length=64)  # SHA-256 of the picture
    width = models.PositiveIntegerField()
    height = models.PositiveIntegerField()
    uploaded_at = models.DateTimeField()

    class Meta:
        verbose_name = _("photo of a request")
        verbose_name_plural = _("photos of requests")
        default_permissions = ()
        constraints = [models.UniqueConstraint(fields=["recovery", "side"], name="recovery_evidence_once_per_side")]

    def __str__(self) -> str:
        return self.get_side_display()
