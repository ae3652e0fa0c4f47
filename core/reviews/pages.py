"""Finished values for the desk's templates."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from core.reviews import calendar, queries, services, wording
from core.reviews.models import Case, Check, Decision, Event, Question
from core.reviews.rules import Clock, State, clock, lapsed
from core.reviews.services.moves import asked
from core.reviews.subject import Person, questions_of, subject_of
from core.reviews.worktime import Desk

CLOCKS = {Clock.CALM: "info", Clock.SOON: "waiting", Clock.OVERDUE: "bad"}
OUTCOMES = {
    Check.Outcome.PASS: "good",
    Check.Outcome.WARN: "waiting",
    Check.Outcome.FAIL: "bad",
    Check.Outcome.COULD_NOT_RUN: "waiting",
}
URGENCY = {Check.Outcome.FAIL: 0, Check.Outcome.COULD_NOT_RUN: 1, Check.Outcome.WARN: 2, Check.Outcome.PASS: 3}
STATES = {
    Case.State.APPROVED: "good",
    Case.State.DECLINED: "bad",
    Case.State.WITHDRAWN: "info",
    Case.State.EXPIRED: "info",
    Case.State.ASKED: "info",
    Case.State.WAITING: "waiting",
    Case.State.CLAIMED: "info",
    Case.State.OPEN: "info",
}


def duration(span: timedelta) -> str:
    """This function will say how long something is, in its largest fitting unit."""
    minutes = max(0, int(span.total_seconds() // 60))
    if minutes < 60:
        return ngettext("%(count)s minute", "%(count)s minutes", minutes) % {"count": minutes}
    if minutes < 48 * 60:
        hours = minutes // 60
        return ngettext("%(count)s hour", "%(count)s hours", hours) % {"count": hours}
    days = minutes // (24 * 60)
    return ngettext("%(count)s day", "%(count)s days", days) % {"count": days}


def due(case: Case, *, now: datetime, desk: Desk) -> dict[str, str]:
    """This function will say how much working time is left, in words and as a colour."""
    if case.state == State.ASKED:
        return {"text": _("Clock stands still"), "tone": "info"}
    state = clock(warn_at=case.warn_at or case.due_at, due_at=case.due_at, now=now)
    start, end = (case.due_at, now) if state is Clock.OVERDUE else (now, case.due_at)
    time = duration(desk.between(start, end) if case.frozen_rule.working else end - start)
    text = _("Overdue by %(time)s") if state is Clock.OVERDUE else _("%(time)s left")
    return {"text": text % {"time": time}, "tone": CLOCKS[state]}


def row(case: Case, *, now: datetime, desk: Desk, skills: dict[str, str]) -> dict[str, Any]:
    """This function will give one line of the queue."""
    return {
        "skills": [skills.get(code, code) for code in case.skills],
        "corrects": case.corrects_id is not None,
        "case": case,
        "url": address(case),
        "claim_url": address(case, "claim"),
        "kind": subject_of(case.subject).label,
        "due": due(case, now=now, desk=desk),
        "state": {"text": case.get_state_display(), "tone": STATES[Case.State(case.state)]},
        "step": step(case),
    }


class Rows:
    """Makes the lines of every list of one page: the calendar is read once, and the skills' names at one go."""

    def __init__(self, *lists: list[Case], now: datetime) -> None:
        self.now, self.desk = now, calendar.desk(timezone.localdate(now))
        self.skills = queries.skill_names([case for cases in lists for case in cases])

    def __call__(self, cases: Iterable[Case]) -> list[dict[str, Any]]:
        return [row(case, now=self.now, desk=self.desk, skills=self.skills) for case in cases]


def step(case: Case) -> str:
    """This function will say which pair of eyes a case waits for; empty when one person decides."""
    needed = case.frozen_rule.approvals
    if needed == 1 or case.is_closed:
        return ""
    return _("Review %(step)s of %(needed)s") % {"step": case.approvals + 1, "needed": needed}


def address(case: Case, act: str = "case", *args: str) -> str:
    """This function will give the address of a case, or of an act on it."""
    return reverse(f"admin:reviews_{act}", args=[case.public_id, *args])


def screen(case: Case, *, user: Person, now: datetime) -> dict[str, Any]:
    """This function will give everything the case's one screen shows to this person."""
    subject = subject_of(case.subject)
    mine = case.holder_id == user.pk and not case.is_closed
    checks = list(case.checks.order_by("id"))
    matter = subject.present(case.subject_id, full=mine)
    events = list(case.events.select_related("actor", "person").order_by("id"))
    rule = case.frozen_rule
    questions = asked(case) if any(event.kind == Event.Kind.ASKED for event in events) else []
    return {
        "case": case,
        "corrected_by": getattr(case, "corrected_by", None),
        "row": Rows([case], now=now)([case])[0],
        "mine": mine,
        "sections": matter.sections,
        "papers": [
            {"title": paper.title, "alt": paper.alt, "url": address(case, "paper", paper.name)}
            for paper in matter.papers
        ],
        "checks": [
            {
                "label": subject.check_label(check.name),
                "outcome": check.get_outcome_display(),
                "tone": OUTCOMES[Check.Outcome(check.outcome)],
                "sentence": check.sentences.get(get_language(), check.sentences.get(settings.LANGUAGE_CODE, "")),
            }
            for check in sorted(checks, key=lambda check: URGENCY[Check.Outcome(check.outcome)])
        ],
        "why_two": [subject.why(code) for code in rule.why],
        "reasons": {reason.code: reason for reason in wording.reasons_of(case.subject, on=timezone.localdate(now))},
        "questions": list(questions_of(subject)) if mine else [],
        "asked": _asked(case, questions, mine=mine, now=now),
        "is_asked": case.state == State.ASKED,
        "may_recall": case.state == State.ASKED and case.assignee_id == user.pk,
        "rule": rule,
        "decisions": _decisions(case),
        "events": events,
        "seen": services.seen(case, checks=checks, questions=questions) if mine else "",
        "may_take_over": bool(
            case.holder_id
            and not mine
            and case.claimed_at
            and lapsed(claimed_at=case.claimed_at, minutes=rule.claim_minutes, now=now)
        ),
        "claim_url": address(case, "claim"),
        "release_url": address(case, "release"),
        "decide_url": address(case, "decide"),
        "ask_url": address(case, "ask"),
        "recall_url": address(case, "recall"),
        "hand_over_url": address(case, "hand_over"),
        "correct_url": address(case, "correct"),
    }


def _decisions(case: Case) -> list[dict[str, Any]]:
    """Show each decision with the labels of its reasons as they read when it was made."""
    if not case.approvals and case.state != State.DECLINED:
        return []
    texts = wording.everything()
    labels = {
        (code, text.version): wording.as_reason(text).label
        for (kind, code), versions in texts.items()
        if kind == case.subject
        for text in versions
    }
    return [
        {
            "decision": decision,
            "tone": "good" if decision.verdict == Decision.Verdict.APPROVE else "bad",
            "reasons": [
                labels.get((code, version), code)
                for code, version in wording.given(decision.reasons, decision.reason_versions)
            ],
        }
        for decision in case.decisions.select_related("reviewer").order_by("step")
    ]


def _asked(case: Case, questions: list[Question], *, mine: bool, now: datetime) -> list[dict[str, Any]]:
    """Show each pause with what was asked; what was answered is read by whoever holds the case."""
    known = {question.code: question for question in questions_of(subject_of(case.subject))}
    desk = calendar.desk(timezone.localdate(now))
    shown = []
    for question in questions:
        answer = getattr(question, "answer", None)
        texts = services.answers_to(question) if mine else {}
        until = answer.answered_at if answer else now
        working = case.frozen_rule.working
        pause = desk.between(question.asked_at, until) if working else until - question.asked_at
        shown.append(
            {
                "question": question,
                "answer": answer,
                "pause": duration(pause),
                "lines": [
                    (known[code].asks if code in known else code, texts.get(code, "")) for code in question.codes
                ],
            }
        )
    return shown
