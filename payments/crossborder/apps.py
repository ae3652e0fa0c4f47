from typing import ClassVar

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PaymentsCrossborderConfig(AppConfig):
    name = "payments.crossborder"
    label = "crossborder"
    verbose_name = _("Payments abroad")
    privileges: ClassVar[dict[str, str]] = {
        "crossborder_payment": "SELECT, INSERT, UPDATE",
        "crossborder_step": "SELECT, INSERT",  # what happened to a payment is never rewritten
        "crossborder_message": "SELECT, INSERT, UPDATE",
    }

    def ready(self) -> None:
        from payments.crossborder import checks  # noqa: F401  # reason: a check is registered by being imported
