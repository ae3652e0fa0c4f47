"""What follows from what allauth and Django do: a device for each authenticator, stamps and audit rows for sessions."""

from typing import Any

from allauth.mfa.models import Authenticator
from allauth.mfa.signals import authenticator_used
from django.contrib.auth.signals import user_logged_in, user_logged_out
from django.db import transaction
from django.db.models.signals import post_save
from django.dispatch import receiver
from django.http import HttpRequest
from django.utils import timezone
from django_otp import login as mark_verified

from accounts.access import sessions
from accounts.access.models import FactorDevice
from core import audit


@receiver(post_save, sender=Authenticator, dispatch_uid="access.device")
def give_device(instance: Authenticator, created: bool, raw: bool, **_: Any) -> None:
    if created and not raw:
        FactorDevice.objects.create(user_id=instance.user_id, authenticator=instance, name=str(instance.type)[:64])


@receiver(authenticator_used, dispatch_uid="access.used")
def mark_session(request: HttpRequest, user: Any, authenticator: Authenticator, **_: Any) -> None:
    """A session that passed the second factor is verified for the admin: at sign-in by way of django-otp's own
    receiver, which looks for `user.otp_device`; on a later proof at once."""
    device = FactorDevice.objects.filter(authenticator=authenticator).first()
    user.otp_device = device
    if request.user.is_authenticated and request.user.pk == user.pk:
        mark_verified(request, device)


@receiver(user_logged_in, dispatch_uid="access.signed_in")
def stamp(request: HttpRequest, user: Any, **_: Any) -> None:
    now = timezone.now()
    sessions.stamp(request.session, staff=user.is_staff, now=now)
    with transaction.atomic():
        audit.record(
            act="access.signed_in",
            subject=user,
            actor=user,
            after={"second_factor": getattr(user, "otp_device", None) is not None},
            now=now,
        )


@receiver(user_logged_out, dispatch_uid="access.signed_out")
def note_end(request: HttpRequest, user: Any, **_: Any) -> None:
    if user is None:
        return
    with transaction.atomic():
        audit.record(
            act="access.session_ended",
            subject=user,
            actor=user,
            reason=getattr(request, "session_end_reason", "signed out"),
            now=timezone.now(),
        )
