"""Checking what somebody types or signs, one person at a time."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from allauth.mfa.models import Authenticator
from django.conf import settings
from django.db import transaction
from fido2.server import Fido2Server
from fido2.utils import websafe_encode
from fido2.webauthn import (
    AttestedCredentialData,
    PublicKeyCredentialRpEntity,
    UserVerificationRequirement,
)

from accounts.access import codes
from accounts.access.models import FactorDevice
from accounts.models import User

TYPED = (Authenticator.Type.TOTP.value, Authenticator.Type.RECOVERY_CODES.value)


@dataclass(frozen=True)
class Verdict:
    """Which device accepted; without one, until when nobody need try again (None: at once)."""

    device: FactorDevice | None
    wait_until: datetime | None = None


def verify_code(*, user: User, code: str, now: datetime) -> Verdict:
    """This function will check a typed code and use it up, so that it opens nothing twice.

    Joins the open transaction or starts one, and locks the person's devices. Six digits are looked at as the
    authenticator app's, ten as a recovery code; anything else counts as a wrong try like any other.
    """
    code = codes.normalise(code)
    wanted = Authenticator.Type.RECOVERY_CODES if len(code) == codes.RECOVERY_DIGITS else Authenticator.Type.TOTP
    with transaction.atomic():
        devices = {
            device.authenticator.type: device
            for device in FactorDevice.objects.select_for_update(of=("self",))
            .select_related("authenticator")
            .filter(user=user, confirmed=True, authenticator__type__in=TYPED)
            .order_by("pk")
        }
        device = devices.get(wanted) or next(iter(devices.values()), None)
        if device is None:
            return Verdict(None)
        if until := device.locked_until(now):
            return Verdict(None, until)
        if device.verify(code, now=now):
            Authenticator.objects.filter(pk=device.authenticator_id).update(last_used_at=now)
            return Verdict(device)
        return Verdict(None, device.locked_until(now))


def passkey_options(*, user: User, challenge: bytes, host: str) -> dict[str, Any]:
    """This function will say what the browser needs to let a person sign a challenge with one of their passkeys."""
    options, _state = _server(host).authenticate_begin(
        credentials=list(_credentials(user).values()),
        user_verification=UserVerificationRequirement.REQUIRED,
        challenge=challenge,
    )
    return dict(options)


def verify_passkey(
    *, user: User, assertion: Mapping[str, Any], challenge: bytes, host: str, now: datetime
) -> FactorDevice | None:
    """This function will check that one of the person's passkeys signed exactly this challenge, on this host."""
    credentials = _credentials(user)
    state = {"challenge": websafe_encode(challenge), "user_verification": UserVerificationRequirement.REQUIRED}
    try:
        signed = _server(host).authenticate_complete(state, list(credentials.values()), assertion)
    except (ValueError, TypeError, KeyError, AttributeError):  # whatever a browser, or somebody else, may send
        return None
    for device, credential in credentials.items():
        if credential.credential_id == signed.credential_id:
            FactorDevice.objects.filter(pk=device.pk).update(last_used_at=now)
            Authenticator.objects.filter(pk=device.authenticator_id).update(last_used_at=now)
            return device
    return None


def _credentials(user: User) -> dict[FactorDevice, AttestedCredentialData]:
    devices = FactorDevice.objects.select_related("authenticator").filter(
        user=user, confirmed=True, authenticator__type=Authenticator.Type.WEBAUTHN
    )
    found = {device: device.authenticator.wrap().authenticator_data.credential_data for device in devices}
    return {device: credential for device, credential in found.items() if credential is not None}


def _server(host: str) -> Fido2Server:
    return Fido2Server(PublicKeyCredentialRpEntity(id=host.partition(":")[0], name=settings.BRAND["name"]["en"]))
