"""Of what a colleague is told about the review desk."""

from django.utils.translation import gettext_lazy as _

from accounts.preferences.events import WORK, Event

EVENTS = (Event("desk.", _("Cases handed to me, and cases that run late"), WORK),)
