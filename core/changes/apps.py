from typing import ClassVar

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CoreChangesConfig(AppConfig):
    name = "core.changes"
    label = "changes"
    verbose_name = _("Changes by two people")
    # What was asked for is never edited; only what became of it is written, once (migrations/0002_guards.py).
    privileges: ClassVar[dict[str, str]] = {
        "changes_change": "SELECT, INSERT, UPDATE (state, settled_at, outcome, result)",
    }
