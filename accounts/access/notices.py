"""Of what a person is told about signing in. Nobody can turn these off: they are how a theft is noticed."""

from django.utils.translation import gettext_lazy as _

from accounts.preferences.events import SECURITY, Event

EVENTS = (
    Event("security.", _("New devices, passwords, second steps, and everything else about signing in"), SECURITY),
)
