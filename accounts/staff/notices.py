"""Of what a colleague is told about roles and duties at the bank."""

from django.utils.translation import gettext_lazy as _

from accounts.preferences.events import WORK, Event

EVENTS = (Event("staff.", _("Duties that conflict, and access to be confirmed"), WORK),)
