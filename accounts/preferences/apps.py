from typing import Any

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AccountsPreferencesConfig(AppConfig):
    name = "accounts.preferences"
    label = "preferences"
    verbose_name = _("Preferences")

    def ready(self) -> None:
        from accounts.preferences import receivers  # reason: receivers need the models, which are ready only now

        self.receivers: Any = receivers
