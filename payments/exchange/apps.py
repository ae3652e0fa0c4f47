from typing import ClassVar

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PaymentsExchangeConfig(AppConfig):
    name = "payments.exchange"
    label = "exchange"
    verbose_name = _("Currencies")
    privileges: ClassVar[dict[str, str]] = {
        "exchange_rate": "SELECT, INSERT",  # a rate that was published is never rewritten
        "exchange_quote": "SELECT, INSERT, UPDATE, DELETE",
        "exchange_exchange": "SELECT, INSERT, UPDATE, DELETE",
        "exchange_revaluation": "SELECT, INSERT",
    }
