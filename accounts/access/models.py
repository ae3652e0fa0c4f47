"""What proves that somebody is who they say: their second factors, the step-ups they answered, wrong tries."""

import uuid
from datetime import datetime
from typing import TYPE_CHECKING, Any, ClassVar

from allauth.mfa.models import Authenticator
from allauth.mfa.utils import decrypt
from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django_otp.models import Device, ThrottlingMixin, TimestampMixin

from accounts.access import backoff, codes

if TYPE_CHECKING:
    from accounts.models import User


class FactorDevice(ThrottlingMixin, TimestampMixin, Device):
    """The one verifier over the one secret: allauth keeps the secret, this row keeps what was used and what failed.

    Every authenticator gets its row with the first save. Passkeys have one too, so that a session opened with a
    passkey counts as verified for django-otp and the admin.
    """

    user = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="+")
    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    authenticator = models.OneToOneField(Authenticator, on_delete=models.CASCADE, related_name="device")
    throttling_failure_timestamp: datetime | None
    throttling_failure_count: int
    last_t = models.BigIntegerField(default=-1)  # the last half minute whose code was accepted

    class Meta:
        verbose_name = _("second factor")
        verbose_name_plural = _("second factors")
        default_permissions = ("view",)

    def locked_until(self, now: datetime) -> datetime | None:
        """Say until when no code is looked at."""
        return backoff.locked_until(
            failures=self.throttling_failure_count, last=self.throttling_failure_timestamp, now=now
        )

    def verify(self, token: str, *, now: datetime) -> bool:
        """Check a code and use it up. The row must be locked; a wrong code is counted, a waiting time is kept."""
        if self.locked_until(now):
            return False
        if not self._accepts(token, now):
            self.throttling_failure_timestamp = now
            self.throttling_failure_count += 1
            self.save(update_fields=["throttling_failure_timestamp", "throttling_failure_count"])
            return False
        self.throttling_failure_timestamp = None
        self.throttling_failure_count = 0
        self.last_used_at = now
        self.save(update_fields=["throttling_failure_timestamp", "throttling_failure_count", "last_used_at", "last_t"])
        return True

    def _accepts(self, token: str, now: datetime) -> bool:
        if self.authenticator.type == Authenticator.Type.TOTP:
            secret = decrypt(self.authenticator.data["secret"])
            step = codes.matching_step(secret=secret, code=token, moment=now, after=self.last_t)
            if step is None:
                return False
            self.last_t = step
            return True
        if self.authenticator.type == Authenticator.Type.RECOVERY_CODES:
            return bool(self.authenticator.wrap().validate_code(token))
        return False

    def verify_token(self, token: str) -> bool:
        """Answer django-otp's own question."""
        return self.verify(codes.normalise(token), now=timezone.now())

    def verify_is_allowed(self) -> tuple[bool, dict[str, Any] | None]:
        until = self.locked_until(timezone.now())
        return (False, {"locked_until": until}) if until else (True, None)

    def get_throttle_factor(self) -> int:
        return 1


class StepUp(models.Model):
    """A question put to one person about one act: "is it you, and do you want exactly this?"

    `digest` binds the operation, everything shown, the person and the session together with a nonce; nothing of the
    act itself is kept here.
    """

    public_id = models.UUIDField(default=uuid.uuid4, unique=True, editable=False)
    user: "models.ForeignKey[User, User]" = models.ForeignKey(  # type: ignore[assignment]
        "accounts.User", on_delete=models.CASCADE, related_name="+"
    )
    operation = models.CharField(max_length=60)
    proof = models.CharField(max_length=12, default="any", db_default="any")  # accounts.access.proof.Proof
    nonce = models.BinaryField(max_length=32)
    digest = models.BinaryField(max_length=32)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    tries = models.PositiveSmallIntegerField(default=0)  # wrong answers to this question
    verified_at = models.DateTimeField(null=True)
    used_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name = _("step-up")
        verbose_name_plural = _("step-ups")
        default_permissions = ()
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.CheckConstraint(
                condition=Q(used_at__isnull=True) | Q(verified_at__isnull=False), name="stepup_used_only_when_verified"
            ),
            models.CheckConstraint(condition=Q(expires_at__gt=F("created_at")), name="stepup_expires_later"),
        ]
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["expires_at"], name="stepup_by_expiry")]

    def __str__(self) -> str:
        return f"{self.operation} {self.public_id}"


class KnownDevice(models.Model):
    """A browser somebody has signed in with before. It carries a random cookie; only the cookie's digest is kept."""

    user: "models.ForeignKey[User, User]" = models.ForeignKey(  # type: ignore[assignment]
        "accounts.User", on_delete=models.CASCADE, related_name="+"
    )
    public_id = models.UUIDField(
        default=uuid.uuid4, db_default=models.Func(function="gen_random_uuid"), unique=True, editable=False
    )
    digest = models.CharField(max_length=64)
    name = models.CharField(max_length=40, blank=True, default="", db_default="")  # its person's own
    agent = models.CharField(max_length=200, blank=True, default="", db_default="")  # what the browser calls itself
    first_seen_at = models.DateTimeField()
    last_seen_at = models.DateTimeField()  # the last sign-in

    class Meta:
        default_permissions = ()
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["user", "digest"], name="known_device_once_per_person")
        ]

    def __str__(self) -> str:
        return f"{self.user_id} {self.digest[:8]}"


class WrongTries(models.Model):
    """Wrong answers in a row, per person and purpose: asking again does not set them back."""

    user: "models.ForeignKey[User, User]" = models.ForeignKey(  # type: ignore[assignment]
        "accounts.User", on_delete=models.CASCADE, related_name="+"
    )
    purpose = models.CharField(max_length=60)
    failures = models.PositiveIntegerField(default=0)
    last_failure_at = models.DateTimeField(null=True)

    class Meta:
        default_permissions = ()
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["user", "purpose"], name="wrong_tries_once_per_person_and_purpose")
        ]

    def __str__(self) -> str:
        return f"{self.purpose} {self.failures}"


class KeptForm(models.Model):
    """What somebody was typing when their session ended, for the same person and for a day. Never a secret or file."""

    user: "models.OneToOneField[User, User]" = models.OneToOneField(  # type: ignore[assignment]
        "accounts.User", on_delete=models.CASCADE, related_name="+"
    )
    public_id = models.UUIDField(default=uuid.uuid4, editable=False)
    sealed = models.BinaryField()  # the page's path and the fields
    kept_at = models.DateTimeField()

    class Meta:
        default_permissions = ()

    def __str__(self) -> str:
        return f"{self.user_id} {self.kept_at}"
