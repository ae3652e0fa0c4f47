from typing import ClassVar

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PaymentsRequestsConfig(AppConfig):
    name = "payments.requests"
    label = "requests"
    verbose_name = _("Requests for money and templates")
    privileges: ClassVar[dict[str, str]] = {
        "requests_moneyrequest": "SELECT, INSERT, UPDATE",
        "requests_share": "SELECT, INSERT, UPDATE",
        "requests_refusedasker": "SELECT, INSERT, DELETE",
        "requests_template": "SELECT, INSERT, UPDATE, DELETE",
    }
