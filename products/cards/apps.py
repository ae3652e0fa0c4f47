from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ProductsCardsConfig(AppConfig):
    name = "products.cards"
    label = "cards"
    verbose_name = _("Cards")
