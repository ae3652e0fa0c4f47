"""What the movements booked here are called on a statement."""

from django.utils.translation import gettext_lazy as _

KINDS = {
    "counter.deposit": _("Cash deposit"),
    "counter.withdrawal": _("Cash withdrawal"),
    "counter.transfer": _("Transfer at the counter"),
    "counter.reversal": _("Undone at the counter"),
    "counter.delivery": _("Cash between vault and till"),
    "counter.difference": _("Difference of a till"),
}
