from typing import ClassVar

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AccountsGuidanceConfig(AppConfig):
    name = "accounts.guidance"
    label = "guidance"
    verbose_name = _("Help centre")
    privileges: ClassVar[dict[str, str]] = {
        "guidance_article": "SELECT, INSERT, UPDATE",
        "guidance_edition": "SELECT, INSERT, UPDATE",
    }
