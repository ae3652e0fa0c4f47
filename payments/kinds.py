"""What the movements booked here are called on a statement."""

from django.utils.translation import gettext_lazy as _

KINDS = {"payments.transfer": _("Transfer")}
