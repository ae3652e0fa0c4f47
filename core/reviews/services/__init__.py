"""The desk's door: opening, claiming, asking and deciding cases. Every entry way goes through here."""

from core.reviews.services import people
from core.reviews.services.asking import answer_information, answers_to, ask, recall
from core.reviews.services.claiming import claim, claim_next, release
from core.reviews.services.deciding import DECIDED, NOTE_LENGTH, Decided, decide, seen
from core.reviews.services.handing import AT_ONCE, HandedOver, assign, hand_over, hand_over_queue
from core.reviews.services.opening import correct, newest, note_reading, open_case, record_check, withdraw
from core.reviews.services.people import kinds_for, kinds_led, roles_of, skills_of
from core.reviews.services.staff import add_skill, declare_relation, end_relation, set_skills
from core.reviews.services.sweeping import escalate, expire, lapse_questions
from core.reviews.wording import told, told_each

__all__ = [
    "AT_ONCE", "DECIDED", "NOTE_LENGTH", "Decided", "HandedOver", "add_skill",
    "answer_information", "answers_to", "ask", "assign", "claim", "claim_next",
    "correct", "decide", "declare_relation", "end_relation", "escalate", "expire", "hand_over", "hand_over_queue",
    "kinds_for", "kinds_led", "lapse_questions", "newest", "note_reading", "open_case", "people", "recall",
    "record_check", "release", "roles_of", "seen", "set_skills", "skills_of", "told", "told_each", "withdraw",
]  # fmt: skip
