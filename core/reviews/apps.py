from typing import ClassVar

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CoreReviewsConfig(AppConfig):
    name = "core.reviews"
    label = "reviews"
    verbose_name = _("Review desk")
    privileges: ClassVar[dict[str, str]] = {
        "reviews_case": "SELECT, INSERT, UPDATE (state, approvals, needs, holder_id, claimed_at, closed_at)",
        "reviews_check": "SELECT, INSERT",
        "reviews_decision": "SELECT, INSERT",
        "reviews_event": "SELECT, INSERT",
    }
