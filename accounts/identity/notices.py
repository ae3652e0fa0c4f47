"""Of what a person is told about the check of their identity."""

from django.utils.translation import gettext_lazy as _

from accounts.preferences.events import ABOUT_ME, Event

EVENTS = (Event("identity.", _("Progress of my identity check"), ABOUT_ME),)
