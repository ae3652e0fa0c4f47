"""Of what a writer is told about articles of the help centre."""

from django.utils.translation import gettext_lazy as _

from accounts.preferences.events import WORK, Event

EVENTS = (Event("guidance.", _("Decisions about articles I wrote"), WORK),)
