"""The present codes of the demo bank's people. Nothing here answers outside the demo bank."""

from datetime import datetime

from allauth.mfa.models import Authenticator
from allauth.mfa.utils import decrypt, encrypt
from django.conf import settings
from django.db import transaction

from accounts.access import codes
from accounts.access.models import FactorDevice
from accounts.models import User

MARK = "demo"  # the name of a device whose code the demo bank shows


class NotADemo(Exception):
    """This is not the demo bank."""


def enrol_totp(user: User, secret: str) -> FactorDevice:
    """This function will give an invented person an authenticator app with a known secret (base32), once.

    A repeat puts the secret in place of the former one. Raises NotADemo.
    """
    if not settings.DEMO:
        raise NotADemo
    with transaction.atomic():
        data = {"secret": encrypt(secret)}
        authenticator, _made = Authenticator.objects.update_or_create(
            user=user, type=Authenticator.Type.TOTP, defaults={"data": data}
        )
        device = FactorDevice.objects.get(authenticator=authenticator)
        device.name = MARK
        device.save(update_fields=["name"])
    return device


def codes_now(*, now: datetime) -> dict[str, str]:
    """This function will give the invented people's present codes by e-mail address. Raises NotADemo."""
    if not settings.DEMO:
        raise NotADemo
    devices = FactorDevice.objects.filter(name=MARK).select_related("authenticator", "user")
    return {
        device.user.email: codes.code_at(secret=decrypt(device.authenticator.data["secret"]), moment=now)
        for device in devices
        if device.user.email
    }


def seconds_left(*, now: datetime) -> int:
    """This function will say for how many seconds the present codes are shown by an authenticator app."""
    return codes.STEP - int(now.timestamp()) % codes.STEP


def code_of(*, email: str, now: datetime) -> str | None:
    """This function will give the present code of one invented person, or None. Raises NotADemo."""
    return codes_now(now=now).get(email.lower())
