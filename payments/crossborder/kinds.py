"""What the movements booked here are called on a statement."""

from django.utils.translation import gettext_lazy as _

KINDS = {
    "crossborder.payment": _("Payment abroad"),
    "crossborder.payment.fee": _("Fee of a payment abroad"),
    "crossborder.reversal": _("Payment abroad given back"),
    "crossborder.reversal.fee": _("Fee of a payment abroad given back"),
    "crossborder.release": _("Payment abroad, sent"),
    "crossborder.returned": _("Payment abroad sent back"),
    "crossborder.fee_back": _("Fee of a payment abroad given back"),
    "crossborder.suspense": _("Payment abroad in suspense"),
}
