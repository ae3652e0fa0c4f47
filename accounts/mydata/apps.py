from typing import ClassVar

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class AccountsMydataConfig(AppConfig):
    name = "accounts.mydata"
    label = "mydata"
    verbose_name = _("Personal data")
    privileges: ClassVar[dict[str, str]] = {
        # What was agreed, in which words, and who looked: added to, never changed.
        "mydata_consenttext": "SELECT, INSERT",
        "mydata_consent": "SELECT, INSERT",
        "mydata_disclosure": "SELECT, INSERT",
    }
