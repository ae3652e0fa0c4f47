from typing import ClassVar

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CoreAuditConfig(AppConfig):
    name = "core.audit"
    label = "audit"
    verbose_name = _("Audit trail")
    privileges: ClassVar[dict[str, str]] = {
        "audit_row": "SELECT, INSERT",
        "audit_seal": "SELECT, INSERT",
        "audit_pending": "SELECT, INSERT, DELETE",
        "audit_shipment": "SELECT, INSERT, UPDATE",
        "audit_proof": "SELECT, INSERT",
    }

    def ready(self) -> None:
        from core.audit import checks  # noqa: F401  # reason: a check is registered by being imported
