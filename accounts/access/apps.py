from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AccountsAccessConfig(AppConfig):
    name = "accounts.access"
    label = "access"
    verbose_name = _("Access and security")

    def ready(self) -> None:
        from accounts.access import receivers  # noqa: F401  # reason: needs the app registry
