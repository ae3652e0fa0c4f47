from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AccountsRecoveryConfig(AppConfig):
    name = "accounts.recovery"
    label = "recovery"
    verbose_name = _("Lost second steps")
