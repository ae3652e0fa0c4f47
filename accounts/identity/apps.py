from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AccountsIdentityConfig(AppConfig):
    name = "accounts.identity"
    label = "identity"
    verbose_name = _("Identity checks")
