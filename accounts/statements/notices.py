"""What this room tells its customers."""

from django.utils.translation import gettext_lazy as _

from accounts.preferences.events import SERVICE, Event

FILE_READY = "statements.file_ready"
EVENTS = (Event(FILE_READY, _("A file of transactions is ready"), SERVICE),)
