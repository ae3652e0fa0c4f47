"""What the movements booked here are called on a statement."""

from django.utils.translation import gettext_lazy as _

KINDS = {"recalls.back": _("Transfer given back by the payee")}
