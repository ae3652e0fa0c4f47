from typing import ClassVar

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CoreWorkdaysConfig(AppConfig):
    name = "core.workdays"
    label = "workdays"
    verbose_name = _("Working days")
    privileges: ClassVar[dict[str, str]] = {"workdays_notice": "SELECT, INSERT"}

    def ready(self) -> None:
        from core.workdays import checks  # noqa: F401  # reason: it registers itself once the apps are there
