"""Of what a person is told about accounts they open."""

from django.utils.translation import gettext_lazy as _

from accounts.preferences.events import ABOUT_ME, Event

EVENTS = (Event("accounts.", _("Accounts I open"), ABOUT_ME),)
