"""Access that was locked because somebody else may be using it. Written by services alone."""

import uuid

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from accounts.models import User


class Freeze(models.Model):
    """One locking of a person's access, and its end."""

    class Cause(models.TextChoices):
        NEW_DEVICE = "new_device", _("Said that a new device was not theirs")
        MOVEMENT = "movement", _("Said that a movement was not theirs")

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    user: "models.ForeignKey[User, User]" = models.ForeignKey(
        User, verbose_name=_("person"), on_delete=models.PROTECT, related_name="freezes"
    )
    cause = models.CharField(_("cause"), max_length=20, choices=Cause)
    device = models.CharField(_("device"), max_length=120, blank=True)  # as the notice named it
    signed_in_at = models.DateTimeField(_("signed in at"), null=True)  # the sign-in that was not theirs
    token_digest = models.CharField(max_length=64, unique=True)  # a link locks once
    frozen_at = models.DateTimeField(_("locked at"))
    lifted_at = models.DateTimeField(_("opened again at"), null=True)

    class Meta:
        verbose_name = _("locked access")
        verbose_name_plural = _("locked accesses")
        default_permissions = ()
        constraints = [
            models.UniqueConstraint(fields=["user"], condition=Q(lifted_at__isnull=True), name="freezing_one_at_a_time")
        ]

    def __str__(self) -> str:
        return f"{self.user} {self.frozen_at:%Y-%m-%d %H:%M}"
