"""What the movements booked here are called on a statement."""

from django.utils.translation import gettext_lazy as _

KINDS = {
    "clearing.payment": _("Transfer to another bank"),
    "clearing.reversal": _("Transfer given back"),
    "clearing.settlement": _("Settlement with other banks"),
    "clearing.suspense": _("Transfer in suspense"),
    "clearing.repair": _("Money given back by the bank"),
}
