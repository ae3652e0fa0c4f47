"""Of what a person is told about their data. Copies and the end count as security: every way tells of them."""

from django.utils.translation import gettext_lazy as _

from accounts.preferences.events import ABOUT_ME, WORK, Event

EVENTS = (
    Event("mydata.", _("Corrections of your data, and the end of the relationship"), ABOUT_ME),
    Event("keeping.", _("Emergency access, protected records and files taken out"), WORK),
)
