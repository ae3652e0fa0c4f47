"""What must be set before money may leave for abroad."""

from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, register

from payments.crossborder import correspondents, ibans


@register(deploy=True)
def way_abroad_is_whole(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:  # noqa: ARG001
    """This check will ask for everything that payments abroad need, once a gateway for them is chosen."""
    if not settings.CROSSBORDER_GATEWAY:
        return []
    found: list[CheckMessage] = []
    try:
        ibans.bank(settings.CROSSBORDER_OWN_BIC, home="")
    except ibans.NumberRefused:
        found.append(Error("PORTAL_OWN_BIC must be this bank's BIC.", id="crossborder.E001"))
    try:
        correspondents.all_of_them()
    except (OSError, ValueError) as error:
        found.append(Error(f"The correspondent banks cannot be read: {error}", id="crossborder.E002"))
    if not settings.CLEARING_KEY_OUT:
        found.append(Error("PORTAL_CLEARING_KEY_OUT must sign what is sent abroad.", id="crossborder.E003"))
    return found
