"""A change that was asked for, and what became of it. Written by core.changes.services alone."""

import uuid
from typing import ClassVar

from django.conf import settings
from django.db import models
from django.db.models import F, Q, Value
from django.db.models.functions import Cast, Concat
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _


class Change(models.Model):
    """One act that takes two people."""

    class State(models.TextChoices):
        ASKED = "asked", _("Waits for a decision")
        APPLIED = "applied", _("Carried out")
        DECLINED = "declined", _("Declined")
        WITHDRAWN = "withdrawn", _("Withdrawn")
        EXPIRED = "expired", _("Expired")
        FAILED = "failed", _("Approved, but not possible any more")

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    number = models.GeneratedField(
        expression=Concat(Value("C"), Cast(F("id") + 100_000, models.CharField())),
        output_field=models.CharField(_("number of the change"), max_length=24),
        db_persist=True,
        unique=True,
    )
    kind = models.CharField(_("kind of change"), max_length=40)  # a name on the wiring board
    object_key = models.CharField(_("what changes"), max_length=200)
    title = models.CharField(_("concerns"), max_length=160)
    payload = models.JSONField(_("content"))
    reason = models.TextField(_("reason"))
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("asked for by"), on_delete=models.PROTECT, related_name="+"
    )
    asked_at = models.DateTimeField(_("asked for at"))
    expires_at = models.DateTimeField(_("good until"))
    state = models.CharField(_("state"), max_length=9, choices=State, default=State.ASKED)
    settled_at = models.DateTimeField(_("settled at"), null=True)
    outcome = models.JSONField(_("why it came so"), default=dict)  # language -> sentence
    result = models.JSONField(_("what came of it"), default=dict)

    class Meta:
        verbose_name = _("change")
        verbose_name_plural = _("changes by two people")
        default_permissions = ("view",)
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["kind", "object_key"], condition=Q(state="asked"), name="changes_change_waits_once"
            ),
            models.CheckConstraint(
                name="changes_change_settled_has_time",
                condition=Q(state="asked", settled_at__isnull=True) | (~Q(state="asked") & Q(settled_at__isnull=False)),
            ),
            models.CheckConstraint(name="changes_change_has_reason", condition=~Q(reason="")),
            models.CheckConstraint(name="changes_change_expires_later", condition=Q(expires_at__gt=F("asked_at"))),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["expires_at"], condition=Q(state="asked"), name="changes_change_waiting"),
            models.Index(fields=["asked_by", "-id"], name="changes_change_by_asker"),
        ]

    def __str__(self) -> str:
        return f"{self.number} · {self.title}"

    @property
    def waits(self) -> bool:
        return self.state == self.State.ASKED

    @property
    def sentence(self) -> str:
        """Why it came so, in the reader's language."""
        said: dict[str, str] = self.outcome
        return said.get(get_language() or "", said.get(settings.LANGUAGE_CODE, ""))
