"""What the desk keeps."""

from core.reviews.models.cases import (
    CLOSED_STATES,
    OPEN_STATES,
    Answer,
    Case,
    Check,
    Decision,
    Escalation,
    Event,
    Question,
)
from core.reviews.models.people import Relation, Skill, StaffSkill
from core.reviews.models.reasons import ReasonText

__all__ = [
    "CLOSED_STATES",
    "OPEN_STATES",
    "Answer",
    "Case",
    "Check",
    "Decision",
    "Escalation",
    "Event",
    "Question",
    "ReasonText",
    "Relation",
    "Skill",
    "StaffSkill",
]
