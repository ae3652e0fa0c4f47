"""What the bank keeps about its staff beside their sign-in. Written by accounts.staff.services alone."""

import uuid
from typing import ClassVar

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from accounts.models import User


class Colleague(User):
    """A member of staff, as the back office shows them."""

    class Meta:
        proxy = True
        verbose_name = _("colleague")
        verbose_name_plural = _("colleagues")
        default_permissions = ("view",)
        permissions = (
            ("invite_colleague", _("May invite a colleague")),
            ("enter_leave", _("May enter when a colleague is away")),
            ("end_access", _("May shut out a colleague who leaves")),
            ("confirm_access", _("May confirm who holds which role")),
        )


class Invitation(models.Model):
    """A way in for a new colleague: one link, good once and for a while. Of the link only a digest is kept."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="invitations")
    invited_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    token_digest = models.CharField(max_length=64, null=True, unique=True)  # empty until the mail leaves
    created_at = models.DateTimeField(_("invited at"))
    expires_at = models.DateTimeField(_("good until"))
    used_at = models.DateTimeField(_("used at"), null=True)
    revoked_at = models.DateTimeField(_("taken back at"), null=True)

    class Meta:
        verbose_name = _("invitation")
        verbose_name_plural = _("invitations")
        default_permissions = ()
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["user"], condition=Q(used_at__isnull=True, revoked_at__isnull=True), name="staff_invited_once"
            ),
            models.CheckConstraint(condition=Q(expires_at__gt=F("created_at")), name="staff_invitation_expires_later"),
            models.CheckConstraint(
                condition=Q(used_at__isnull=True) | Q(revoked_at__isnull=True), name="staff_invitation_ends_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user}"


class RoleGrant(models.Model):
    """That somebody held a role from one moment to another, and by which change."""

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="role_grants")
    role = models.CharField(pgettext_lazy("staff", "role"), max_length=40)
    since = models.DateTimeField(_("since"))
    given_by = models.CharField(_("given by"), max_length=80)  # "change:…", or how it came otherwise
    ended_at = models.DateTimeField(_("until"), null=True)
    ended_by = models.CharField(_("taken by"), max_length=80, default="", db_default="", blank=True)

    class Meta:
        verbose_name = _("role held")
        verbose_name_plural = _("roles held")
        default_permissions = ()
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(
                fields=["user", "role"], condition=Q(ended_at__isnull=True), name="staff_role_held_once"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} {self.role}"


class Leave(models.Model):
    """Days on which somebody is away, and who stands in for them."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="leaves")
    deputy = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("deputy"), on_delete=models.PROTECT, null=True, related_name="+"
    )
    starts_on = models.DateField(_("first day"))
    ends_on = models.DateField(_("last day"))
    entered_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    entered_at = models.DateTimeField(_("entered at"))
    cancelled_at = models.DateTimeField(_("cancelled at"), null=True)

    class Meta:
        verbose_name = _("absence")
        verbose_name_plural = _("absences")
        default_permissions = ()
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(condition=Q(ends_on__gte=F("starts_on")), name="staff_leave_ends_after_it_starts"),
            models.CheckConstraint(
                condition=Q(deputy__isnull=True) | ~Q(deputy=F("user")), name="staff_leave_deputy_is_another"
            ),
        ]
        indexes: ClassVar[list[models.Index]] = [
            models.Index(fields=["ends_on"], condition=Q(cancelled_at__isnull=True), name="staff_leave_that_counts")
        ]

    def __str__(self) -> str:
        return f"{self.user_id} {self.starts_on} – {self.ends_on}"


class Departure(models.Model):
    """That somebody left, who shut the door behind them, and what was handed back."""

    user = models.OneToOneField(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="departure")
    reason = models.TextField(_("reason"))
    ended_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField(_("time"))
    sessions = models.PositiveIntegerField(_("sessions ended"))
    cases = ArrayField(models.CharField(max_length=24), verbose_name=_("cases handed back"))
    roles = ArrayField(models.CharField(max_length=40), verbose_name=_("roles taken"))

    class Meta:
        verbose_name = _("departure")
        verbose_name_plural = _("departures")
        default_permissions = ()

    def __str__(self) -> str:
        return f"{self.user_id} {self.at:%Y-%m-%d}"


class AccessReview(models.Model):
    """A manager's word, once a quarter, about who holds which role. The list is kept as it was read."""

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    period = models.CharField(_("quarter"), max_length=6, unique=True)  # "2026Q4"
    confirmed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, verbose_name=_("confirmed by"), on_delete=models.PROTECT, related_name="+"
    )
    confirmed_at = models.DateTimeField(_("confirmed at"))
    lines = models.JSONField(_("list as confirmed"))
    digest = models.CharField(max_length=64)
    note = models.TextField(_("note"), blank=True)

    class Meta:
        verbose_name = _("access review")
        verbose_name_plural = _("access reviews")
        default_permissions = ()

    def __str__(self) -> str:
        return self.period
