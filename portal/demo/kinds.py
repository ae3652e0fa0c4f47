"""What the demo bank's invented movements are called."""

from django.utils.translation import gettext_lazy as _

KINDS = {
    "cash.deposit": _("Cash paid in"),
    "cash.withdrawal": _("Cash withdrawn"),
    "card.purchase": _("Card payment"),
    "interbank.in": _("Transfer received"),
    "interbank.out": _("Transfer sent"),
    "interest.credited": _("Interest received"),
}
