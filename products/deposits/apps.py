from typing import ClassVar

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ProductsDepositsConfig(AppConfig):
    name = "products.deposits"
    label = "deposits"
    verbose_name = _("Deposits")
    privileges: ClassVar[dict[str, str]] = {
        "deposits_accrual": "SELECT, INSERT, UPDATE",
        "deposits_settlement": "SELECT, INSERT",  # what was credited is never rewritten
        "deposits_accruedday": "SELECT, INSERT",
    }
