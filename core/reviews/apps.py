from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CoreReviewsConfig(AppConfig):
    name = "core.reviews"
    label = "reviews"
    verbose_name = _("Review desk")
