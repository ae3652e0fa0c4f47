"""Of what a person is told about signing in. Nobody can turn off the first: that is how a theft is noticed."""

from django.utils.translation import gettext_lazy as _

from accounts.preferences.events import SECURITY, WORK, Event

EVENTS = (
    Event("security.", _("New devices, passwords, second steps, and everything else about signing in"), SECURITY),
    Event("access.probing", _("Somebody who searches for records of others"), WORK),
)
