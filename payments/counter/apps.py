from typing import ClassVar

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PaymentsCounterConfig(AppConfig):
    name = "payments.counter"
    label = "counter"
    verbose_name = _("Branch counter")
    privileges: ClassVar[dict[str, str]] = {
        "counter_branch": "SELECT, INSERT, UPDATE",
        "counter_place": "SELECT, INSERT, UPDATE",
        "counter_till": "SELECT, INSERT, UPDATE",
        "counter_tillday": "SELECT, INSERT, UPDATE",
        "counter_delivery": "SELECT, INSERT, UPDATE",
        "counter_visit": "SELECT, INSERT, UPDATE",
        "counter_operation": "SELECT, INSERT, UPDATE",
    }
