"""Asking the person concerned, and their answer. Meanwhile the case's clock stands still; nothing else stops it."""

import json
import uuid
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone

from core import audit, outbox, policy
from core.reviews import doors
from core.reviews.errors import AnswerMissing, Closed, HeldByAnother, NotAsked, NotHeld, QuestionMissing
from core.reviews.models import Answer, Case, Event, Question
from core.reviews.rules import Act, State
from core.reviews.services.guards import locked, still_open
from core.reviews.services.moves import go_on, move, note, save, trail
from core.reviews.subject import Person, questions_of, subject_of

ASKED = "reviews.information_asked"
ANSWER_LENGTH = 1000  # characters of one answer
EVENTS = {
    Answer.Outcome.ANSWERED: Event.Kind.ANSWERED,
    Answer.Outcome.UNANSWERED: Event.Kind.UNANSWERED,
    Answer.Outcome.RECALLED: Event.Kind.RECALLED,
}


def ask(*, public_id: uuid.UUID, user: Person, codes: Sequence[str], now: datetime) -> Question:
    """This function will stop the clock of a case and let its subject ask the person concerned.

    Only the holder asks; the case comes back to them. Starts a transaction, locks the case, records the fact
    `reviews.information_asked` {case, subject, subject_id, question, codes, answer_by}.
    Raises UnknownCase, Closed, Expired, Asked, NotHeld, HeldByAnother, QuestionMissing.
    """
    with transaction.atomic(durable=True):
        case, _roles = locked(public_id, user)
        still_open(case, now=now)
        if case.holder is None:
            raise NotHeld
        if case.holder_id != user.pk:
            raise HeldByAnother(case.holder)
        known = [question.code for question in questions_of(subject_of(case.subject))]
        if not codes or set(codes) - set(known):
            raise QuestionMissing
        wanted = [code for code in known if code in set(codes)]
        days = int(policy.value("review.answer_days", on=timezone.localdate(now)))
        question = Question.objects.create(
            case=case, codes=wanted, asked_by=user, asked_at=now, answer_by=now + timedelta(days=days)
        )
        move(case, Act.ASK)
        case.holder, case.claimed_at, case.assignee = None, None, user
        save(case)
        note(case, Event.Kind.ASKED, user, now)
        outbox.record(
            kind=ASKED,
            payload={
                "case": str(case.public_id),
                "subject": case.subject,
                "subject_id": case.subject_id,
                "question": str(question.public_id),
                "codes": wanted,
                "answer_by": question.answer_by.isoformat(),
            },
            owner=case,
            act=audit.Act(act=ASKED, subject=case, actor=user, after={"number": case.number, "codes": wanted}),
            now=now,
        )
    return question


def open_question(subject: str, subject_id: str) -> Question | None:
    """This function will find what is asked about a matter at this moment; None when nothing is."""
    return (
        Question.objects.filter(
            case__subject=subject, case__subject_id=subject_id, case__state=State.ASKED, answer__isnull=True
        )
        .order_by("-id")
        .first()
    )


def answer_information(
    *, subject: str, subject_id: str, actor: Person, answers: Mapping[str, str], now: datetime
) -> Answer:
    """This function will take the answers of the person concerned, by code, and start the case's clock again.

    Needs an open transaction and locks the case; the room has made sure that the matter is the actor's. A repeat by the
    same person is answered with what stands. Raises NotAsked, AnswerMissing.
    """
    case = Case.objects.select_for_update().filter(subject=subject, subject_id=subject_id).order_by("-id").first()
    if case is None:
        raise NotAsked
    question = case.questions.select_related("answer").order_by("-id").first()
    if question is None:
        raise NotAsked
    given = getattr(question, "answer", None)
    if case.state != State.ASKED or given is not None:
        if given is not None and given.outcome == Answer.Outcome.ANSWERED and given.answered_by_id == actor.pk:
            return given
        raise NotAsked
    texts = {code: answers.get(code, "").strip() for code in question.codes}
    if missing := [code for code, text in texts.items() if not text or len(text) > ANSWER_LENGTH]:
        raise AnswerMissing(missing)
    sealed = doors.seal(json.dumps(texts, ensure_ascii=False).encode(), purpose(question))
    return _resume(case, question, Answer.Outcome.ANSWERED, actor, now, sealed=sealed)


def recall(*, public_id: uuid.UUID, user: Person, now: datetime) -> Case:
    """This function will take a question back, so that the case goes on without the answer.

    Starts a transaction and locks the case. Raises UnknownCase, Closed, NotAsked.
    """
    with transaction.atomic(durable=True):
        case, _roles = locked(public_id, user)
        if case.is_closed:
            raise Closed
        if case.state != State.ASKED:
            raise NotAsked
        end_question(case, Answer.Outcome.RECALLED, user, now)
    return case


def end_question(case: Case, outcome: Answer.Outcome, actor: Person | None, now: datetime) -> None:
    """This function will end what is asked about a locked case without an answer. Raises NotAsked."""
    question = case.questions.filter(answer__isnull=True).order_by("-id").first()
    if question is None:
        raise NotAsked
    _resume(case, question, outcome, actor, now)


def answers_to(question: Question) -> dict[str, str]:
    """This function will open what was answered, by code; empty when nothing was."""
    answer = getattr(question, "answer", None)
    if answer is None or not answer.sealed:
        return {}
    texts: dict[str, str] = json.loads(doors.unseal(answer.sealed, purpose(question)))
    return texts


def purpose(question: Question) -> str:
    """This function will name what an answer is sealed for, so that it opens for no other question."""
    return f"reviews.answer:{question.public_id}"


def _resume(
    case: Case, question: Question, outcome: Answer.Outcome, actor: Person | None, now: datetime, *, sealed: bytes = b""
) -> Answer:
    answer = Answer.objects.create(
        question=question, outcome=outcome, sealed=sealed, answered_by=actor, answered_at=now
    )
    before = {"state": case.state, "due_at": case.due_at}
    move(case, Act.ANSWER)
    go_on(case, since=question.asked_at, now=now)
    save(case)
    note(case, EVENTS[outcome], actor, now)
    trail(
        case, f"information_{outcome.value}", actor or "system: review desk", now,
        before=before, after={"state": case.state, "due_at": case.due_at, "codes": question.codes},
    )  # fmt: skip
    return answer
