from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CoreOutboxConfig(AppConfig):
    name = "core.outbox"
    label = "outbox"
    verbose_name = _("Outbox")
