"""The demo bank's people and their present codes. Nothing here answers outside the demo bank."""

from dataclasses import dataclass
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


@dataclass(frozen=True)
class DemoPerson:
    """Somebody invented, and the code their authenticator app shows now."""

    email: str
    name: str
    roles: tuple[str, ...]
    is_customer: bool
    standing: str
    code: str
    seconds_left: int


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


def people(*, now: datetime) -> list[DemoPerson]:
    """This function will list the invented people with their present codes. Raises NotADemo."""
    if not settings.DEMO:
        raise NotADemo
    devices = (
        FactorDevice.objects.filter(name=MARK)
        .select_related("authenticator", "user__customer")
        .prefetch_related("user__groups")
        .order_by("user__is_staff", "pk")
    )
    return [_person(device, now) for device in devices]


def code_of(*, email: str, now: datetime) -> str | None:
    """This function will give the present code of one invented person, or None. Raises NotADemo."""
    return next((person.code for person in people(now=now) if person.email == email.lower()), None)


def _person(device: FactorDevice, now: datetime) -> DemoPerson:
    user = device.user
    customer = getattr(user, "customer", None)
    return DemoPerson(
        email=user.email,
        name=str(customer) if customer is not None and customer.legal_name else user.full_name,
        roles=tuple(group.name for group in user.groups.all()),
        is_customer=customer is not None,
        standing=customer.standing if customer is not None else "",
        code=codes.code_at(secret=decrypt(device.authenticator.data["secret"]), moment=now),
        seconds_left=codes.STEP - int(now.timestamp()) % codes.STEP,
    )
