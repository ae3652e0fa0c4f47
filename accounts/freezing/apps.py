from typing import ClassVar

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AccountsFreezingConfig(AppConfig):
    name = "accounts.freezing"
    label = "freezing"
    verbose_name = _("Locked access")
    privileges: ClassVar[dict[str, str]] = {"freezing_freeze": "SELECT, INSERT, UPDATE"}
