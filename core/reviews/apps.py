from typing import ClassVar

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CoreReviewsConfig(AppConfig):
    name = "core.reviews"
    label = "reviews"
    verbose_name = _("Review desk")
    privileges: ClassVar[dict[str, str]] = {
        "reviews_case": (
            "SELECT, INSERT, UPDATE (state, approvals, needs, holder_id, claimed_at, assignee_id, warn_at, due_at,"
            " closed_at, worked_seconds)"
        ),
        "reviews_check": "SELECT, INSERT",
        "reviews_question": "SELECT, INSERT",
        "reviews_answer": "SELECT, INSERT, UPDATE (sealed)",  # under a newer key; the trigger lets nothing else change
        "reviews_escalation": "SELECT, INSERT",
        "reviews_decision": "SELECT, INSERT",
        "reviews_event": "SELECT, INSERT",
        "reviews_skill": "SELECT, INSERT",
        "reviews_staffskill": "SELECT, INSERT, DELETE",
        "reviews_relation": "SELECT, INSERT, UPDATE (ended_at, ended_by_id)",
    }
