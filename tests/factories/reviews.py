"""A matter for the desk that is nothing but a matter: what it says and whom it concerns is set by tests."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, ClassVar

from accounts.models import User
from core.reviews import services as desk
from core.reviews.models import Case, Skill, StaffSkill
from core.reviews.rules import Rule
from core.reviews.subject import Presentation, Question, Reason, Section, UnknownPaper
from portal import wiring

SUBJECTS = {**wiring.REVIEW_SUBJECTS, "matter": "tests.factories.reviews.Matter"}
DOORS = {**wiring.REVIEW_DOORS, "absent": "tests.factories.reviews.who_is_absent"}
ONE = (("reviewer", "approver"),)
TWO = (("reviewer", "approver"), ("approver",))


@dataclass
class World:
    """What the matters of one test are like."""

    text: dict[str, str] = field(default_factory=dict)  # what the desk shows of a matter
    parties: dict[str, frozenset[str]] = field(default_factory=dict)
    objections: dict[str, str] = field(default_factory=dict)
    owners: dict[str, int] = field(default_factory=dict)
    absent: set[int] = field(default_factory=set)
    reopened: list[str] = field(default_factory=list)
    may_reopen: bool = True


WORLD = World()


def new_world() -> World:
    """Forget the last test's matters."""
    WORLD.__init__()  # type: ignore[misc]
    return WORLD


def who_is_absent(people: Collection[int], *, now: datetime) -> frozenset[int]:
    return frozenset(people) & WORLD.absent


class Matter:
    """Answers core.reviews.subject.Subject out of WORLD."""

    label = "Matter"
    roles: ClassVar[Sequence[str]] = ("reviewer", "approver")
    leads: ClassVar[Sequence[str]] = ("approver",)

    def present(self, subject_id: str, *, full: bool) -> Presentation:
        return Presentation([Section("Matter", [("Text", self.digest(subject_id))])], [])

    def paper(self, subject_id: str, name: str) -> tuple[str, bytes]:
        raise UnknownPaper(name)

    def reasons(self) -> Sequence[Reason]:
        return (Reason("no", "No", "It is no.", "Try again."), Reason("never", "Never", "It is never.", "Let it be."))

    def questions(self) -> Sequence[Question]:
        return (Question("why", "Why", "Why?"), Question("when", "When", "When?"))

    def check_label(self, name: str) -> str:
        return name

    def why(self, code: str) -> str:
        return code

    def digest(self, subject_id: str, *, lock: bool = False) -> str:
        return WORLD.text.get(subject_id, "as it was")

    def concerns(self, subject_id: str, user: Any) -> bool:
        return WORLD.owners.get(subject_id) == user.pk

    def objection(self, subject_id: str, *, now: datetime) -> str:
        return WORLD.objections.get(subject_id, "")

    def parties(self, subject_id: str) -> frozenset[str]:
        return WORLD.parties.get(subject_id, frozenset())

    def reopen(self, subject_id: str, *, now: datetime) -> bool:
        WORLD.reopened.append(subject_id)
        return WORLD.may_reopen


def open_matter(subject_id: str = "1", *, now: datetime, opened_by: User | None = None, **how: Any) -> Case:
    """Put a matter on the desk; `how` are fields of the rule, or `skills` and `pending_key`."""
    kept = {name: how.pop(name) for name in ("skills", "pending_key") if name in how}
    rule = Rule(**{"steps": ONE, "hours": 24, "claim_minutes": 30, **how})
    title = f"Matter {subject_id}"
    return desk.open_case(
        subject="matter", subject_id=subject_id, title=title, opened_by=opened_by, rule=rule, now=now, **kept
    )


def give_skill(user: User, code: str, *, now: datetime) -> None:
    """Let somebody have a skill."""
    skill, _made = Skill.objects.get_or_create(code=code, defaults={"name_en": code.title(), "name_zh": code})
    StaffSkill.objects.create(person=user, skill=skill, given_at=now)
