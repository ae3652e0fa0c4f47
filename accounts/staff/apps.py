from typing import ClassVar

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class StaffConfig(AppConfig):
    name = "accounts.staff"
    label = "staff"
    verbose_name = _("Staff")
    # History of who held what is added to and closed, never rewritten.
    privileges: ClassVar[dict[str, str]] = {
        "staff_rolegrant": "SELECT, INSERT, UPDATE (ended_at, ended_by)",
        "staff_accessreview": "SELECT, INSERT",
        "staff_departure": "SELECT, INSERT",
    }
