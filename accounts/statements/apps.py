from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AccountsStatementsConfig(AppConfig):
    name = "accounts.statements"
    label = "statements"
    verbose_name = _("Statements")
