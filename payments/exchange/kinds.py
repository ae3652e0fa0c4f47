"""What the movements booked here are called on a statement."""

from django.utils.translation import gettext_lazy as _

KINDS = {"exchange.own": _("Currency exchange"), "exchange.valuation": _("Valuation of the currency position")}
