from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AccountsInboxConfig(AppConfig):
    name = "accounts.inbox"
    label = "inbox"
    verbose_name = _("Messages")
