from typing import ClassVar

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PaymentsClearingConfig(AppConfig):
    name = "payments.clearing"
    label = "clearing"
    verbose_name = _("Payments to other banks")
    privileges: ClassVar[dict[str, str]] = {
        "clearing_payment": "SELECT, INSERT, UPDATE",
        "clearing_step": "SELECT, INSERT",  # what happened to a payment is never rewritten
        "clearing_batch": "SELECT, INSERT, UPDATE",
        "clearing_inboundfile": "SELECT, INSERT, UPDATE",
        "clearing_statement": "SELECT, INSERT, UPDATE",
        "clearing_statemententry": "SELECT, INSERT, UPDATE",
        "clearing_repairitem": "SELECT, INSERT, UPDATE",
    }

    def ready(self) -> None:
        from payments.clearing import checks  # noqa: F401  # reason: a check is registered by being imported
