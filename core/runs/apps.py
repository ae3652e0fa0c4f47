from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CoreRunsConfig(AppConfig):
    name = "core.runs"
    label = "runs"
    verbose_name = _("Daily runs")
