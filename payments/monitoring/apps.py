from typing import ClassVar

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PaymentsMonitoringConfig(AppConfig):
    name = "payments.monitoring"
    label = "monitoring"
    verbose_name = _("Monitoring")
    privileges: ClassVar[dict[str, str]] = {
        "monitoring_ruleversion": "SELECT, INSERT",  # a version that counted is never rewritten
        "monitoring_hit": "SELECT, INSERT",
        "monitoring_alert": "SELECT, INSERT, UPDATE",
        "monitoring_pause": "SELECT, INSERT, UPDATE (until)",
        # What was drafted stands; only what came of it is added.
        "monitoring_trial": "SELECT, INSERT, UPDATE (state, report, why, ended_at)",
    }
