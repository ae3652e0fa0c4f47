from typing import ClassVar

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PaymentsSchedulesConfig(AppConfig):
    name = "payments.schedules"
    label = "schedules"
    verbose_name = _("Dated transfers and standing orders")
    privileges: ClassVar[dict[str, str]] = {
        "schedules_schedule": "SELECT, INSERT, UPDATE",
        "schedules_occurrence": "SELECT, INSERT, UPDATE",
        "schedules_proposal": "SELECT, INSERT, UPDATE, DELETE",
    }
