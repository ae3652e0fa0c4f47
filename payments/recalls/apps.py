from typing import ClassVar

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PaymentsRecallsConfig(AppConfig):
    name = "payments.recalls"
    label = "recalls"
    verbose_name = _("Recalls and disputes")
    privileges: ClassVar[dict[str, str]] = {
        "recalls_recall": "SELECT, INSERT, UPDATE",
        "recalls_step": "SELECT, INSERT",  # what happened to a recall is never rewritten
        "recalls_dispute": "SELECT, INSERT, UPDATE",
        "recalls_evidence": "SELECT, INSERT, UPDATE, DELETE",
    }
