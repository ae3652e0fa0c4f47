from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CoreIntakeConfig(AppConfig):
    name = "core.intake"
    label = "intake"
    verbose_name = _("Loading files")
