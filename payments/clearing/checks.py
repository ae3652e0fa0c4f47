"""What must be set before money may leave for other banks."""

from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, register

from payments.clearing import banks, cnaps

SHORTEST_KEY = 32


@register(deploy=True)
def gateway_is_whole(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:  # noqa: ARG001
    """This check will ask for everything a gateway needs, once one is chosen."""
    if not settings.CLEARING_GATEWAY:
        return []
    found: list[CheckMessage] = []
    for name in ("CLEARING_KEY_OUT", "CLEARING_KEY_IN"):
        if len(getattr(settings, name)) < SHORTEST_KEY:
            found.append(
                Error(
                    f"PORTAL_{name} must be a secret of at least {SHORTEST_KEY} characters, shared with the gateway.",
                    id="clearing.E001",
                )
            )
    if settings.CLEARING_KEY_OUT and settings.CLEARING_KEY_OUT == settings.CLEARING_KEY_IN:
        found.append(Error("The two directions to the gateway need two different keys.", id="clearing.E002"))
    if not cnaps.is_valid(settings.CLEARING_OWN_CODE):
        found.append(Error("PORTAL_CLEARING_OWN_CODE must be this bank's number of 12 digits.", id="clearing.E003"))
    try:
        banks.directory()
    except (OSError, ValueError) as error:
        found.append(Error(f"The directory of banks cannot be read: {error}", id="clearing.E004"))
    return found
