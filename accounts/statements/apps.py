from typing import ClassVar

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AccountsStatementsConfig(AppConfig):
    name = "accounts.statements"
    label = "statements"
    verbose_name = _("Statements")
    privileges: ClassVar[dict[str, str]] = {
        # Issued once and kept as it was; deleted only when the years of keeping are over (portal/retention.csv).
        "statements_monthlystatement": "SELECT, INSERT, DELETE",
        "statements_balancecertificate": "SELECT, INSERT, DELETE",
    }
