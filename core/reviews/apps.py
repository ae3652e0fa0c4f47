from typing import Any, ClassVar

from django.apps import AppConfig
from django.db import DEFAULT_DB_ALIAS, connections
from django.db.models.signals import post_migrate
from django.utils import timezone
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
        "reviews_reasontext": "SELECT, INSERT",  # the first words of a reason, and what two people published
        "reviews_skill": "SELECT, INSERT",
        "reviews_staffskill": "SELECT, INSERT, DELETE",
        "reviews_relation": "SELECT, INSERT, UPDATE (ended_at, ended_by_id)",
    }

    def ready(self) -> None:
        post_migrate.connect(write_reasons_down, sender=self)


def write_reasons_down(sender: AppConfig, using: str = DEFAULT_DB_ALIAS, **kwargs: Any) -> None:  # noqa: ARG001
    """This function will bring the release's words of reasons into the table when `migrate` has finished."""
    from core.reviews.services import wording  # reason: models are there only once the apps are ready

    if "reviews_reasontext" in connections[using].introspection.table_names():  # else: migrated back to before it
        wording.seed(now=timezone.now(), using=using)
