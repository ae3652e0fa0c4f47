from typing import ClassVar

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PaymentsConfig(AppConfig):
    name = "payments"
    label = "payments"
    verbose_name = _("Payments")
    privileges: ClassVar[dict[str, str]] = {
        "payments_movementpaper": "SELECT, INSERT",  # a code that stands on paper is never taken back
    }

    def ready(self) -> None:
        from payments import checks  # noqa: F401  # reason: a check is registered by being imported
