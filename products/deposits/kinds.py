"""What the movements booked here are called on a statement."""

from django.utils.translation import gettext_lazy as _

CREDITED = "deposits.interest"
ACCRUED = "deposits.accrual"
KINDS = {
    CREDITED: _("Interest credited"),
    ACCRUED: _("Interest accrued"),
}
