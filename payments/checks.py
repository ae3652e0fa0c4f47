"""What must be set before receipts may be given out."""

from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, register


@register(deploy=True)
def receipts_name_a_public_address(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:  # noqa: ARG001
    """This check will ask for the address that receipts print: a QR code that leads nowhere proves nothing."""
    if settings.DEMO or settings.PUBLIC_URL.startswith("https://"):
        return []
    return [
        Error(
            "PORTAL_PUBLIC_URL must be the https:// address under which the public reaches the portal.",
            hint="Receipts print it beside their verification code, for example https://bank.example",
            id="payments.E001",
        )
    ]
