"""What time does to cases: a warning, an overdue one, a question nobody answered, a matter that can no longer be done.

A worker calls these every minute. Each takes its own stock of what is due, so a missed minute costs a minute; two
workers at once share the work and do nothing twice.
"""

from collections.abc import Iterator
from datetime import datetime

from django.db import transaction
from django.db.models import Exists, F, OuterRef
from django.db.models.functions import Coalesce

from core import audit, outbox
from core.reviews import doors
from core.reviews.models import Answer, Case, Escalation, Event, Question
from core.reviews.rules import Act, State
from core.reviews.services.asking import end_question
from core.reviews.services.guards import leads
from core.reviews.services.moves import close, move, note, only_worker, save

ESCALATED = "reviews.escalated"
EXPIRED = "reviews.expired"
WORKER = "system: review desk"
AT_ONCE = 200
LEVELS = (
    (Escalation.Level.WARNED, Coalesce(F("warn_at"), F("due_at")), Event.Kind.WARNED),
    (Escalation.Level.OVERDUE, F("due_at"), Event.Kind.OVERDUE),
)


def escalate(*, now: datetime) -> int:
    """This function will raise what has used up most of its time, and what is overdue, once each; answer how many.

    The first is told to whoever has the case, or to the leads when nobody has it or they are away; the second to the
    leads and to whoever has it. A case that waits for the customer is not raised. Starts a transaction for each level.
    """
    return sum(_escalate(level, moment, kind, now) for level, moment, kind in LEVELS)


def _escalate(level: Escalation.Level, moment: Coalesce | F, kind: Event.Kind, now: datetime) -> int:
    with transaction.atomic():
        if not only_worker("reviews.escalate"):
            return 0
        raised = Escalation.objects.filter(case=OuterRef("pk"), level=level)
        cases = list(
            Case.objects.select_for_update(skip_locked=True, of=("self",))
            .alias(moment=moment)
            .filter(closed_at__isnull=True, moment__lte=now)
            .exclude(state=State.ASKED)
            .exclude(Exists(raised))
            .order_by("due_at", "id")[:AT_ONCE]
        )
        of_kind = {subject: leads(subject) for subject in {case.subject for case in cases}}
        owners = {owner for case in cases if (owner := case.holder_id or case.assignee_id)}
        gone = doors.absent(owners | {pk for pks in of_kind.values() for pk in pks}, now=now)
        for case in cases:
            told = _told(case, level, of_kind[case.subject], gone)
            Escalation.objects.create(case=case, level=level, told=told, at=now)
            note(case, kind, None, now)
            outbox.record(
                kind=ESCALATED,
                payload={
                    "case": str(case.public_id), "number": case.number, "level": int(level), "told": told,
                    "due_at": case.due_at.isoformat(),
                },
                owner=case,
                act=audit.Act(
                    act=ESCALATED, subject=case, actor=WORKER,
                    after={"number": case.number, "level": int(level), "told": told},
                ),
                now=now,
            )  # fmt: skip
    return len(cases)


def _told(case: Case, level: Escalation.Level, leading: list[int], gone: frozenset[int]) -> list[int]:
    owner = case.holder_id or case.assignee_id
    mine = [owner] if owner and owner not in gone else []
    here = [pk for pk in leading if pk not in gone] or leading  # everybody away: they find it when they are back
    return mine if mine and level == Escalation.Level.WARNED else sorted({*here, *mine})


def lapse_questions(*, now: datetime) -> int:
    """This function will let cases go on whose question nobody answered in time, and answer how many."""
    lapsed = 0
    late = Question.objects.filter(answer__isnull=True, answer_by__lte=now, case__state=State.ASKED)
    for public_id in list(late.values_list("case__public_id", flat=True)[:AT_ONCE]):
        with transaction.atomic():
            case = Case.objects.select_for_update().get(public_id=public_id)
            if case.state != State.ASKED or not case.questions.filter(answer__isnull=True, answer_by__lte=now).exists():
                continue  # answered while we looked
            end_question(case, Answer.Outcome.UNANSWERED, None, now)
            lapsed += 1
    return lapsed


def expire(*, now: datetime) -> int:
    """This function will close what could only be decided until now, tell its room, and answer how many.

    The room learns it by the fact `reviews.expired` {case, subject, subject_id}. A transaction for each.
    """
    return sum(1 for case in _over(now) if _expire(case, now))


def _over(now: datetime) -> Iterator[int]:
    over = Case.objects.filter(closed_at__isnull=True, expires_at__lte=now).order_by("expires_at", "id")
    yield from list(over.values_list("pk", flat=True)[:AT_ONCE])


def _expire(pk: int, now: datetime) -> bool:
    with transaction.atomic():
        case = Case.objects.select_for_update().get(pk=pk)
        if case.is_closed:
            return False
        before = {"state": case.state}
        move(case, Act.EXPIRE)
        close(case, now)
        save(case)
        note(case, Event.Kind.EXPIRED, None, now)
        outbox.record(
            kind=EXPIRED,
            payload={"case": str(case.public_id), "subject": case.subject, "subject_id": case.subject_id},
            owner=case,
            act=audit.Act(
                act=EXPIRED, subject=case, actor=WORKER, before=before,
                after={"number": case.number, "state": case.state},
            ),
            now=now,
        )  # fmt: skip
    return True
