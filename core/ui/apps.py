from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CoreUiConfig(AppConfig):
    name = "core.ui"
    label = "ui"
    verbose_name = _("Look and words")
