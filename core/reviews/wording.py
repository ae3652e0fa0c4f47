"""The words of reasons, read: which version counts on a day, and which one somebody was told.

Kept in the process for KEEP seconds like the policy figures; a decision reads them anew, in its own transaction
(services.wording).
"""

import time
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date

from django.utils.functional import lazy
from django.utils.translation import get_language

from core.reviews.models import Decision, ReasonText
from core.reviews.subject import Reason, Text, subject_of

KEEP = 5  # seconds a process may still use the texts it has read
Key = tuple[str, str]  # kind of case, code

_kept: tuple[float, Mapping[Key, Sequence[ReasonText]]] | None = None


def reasons_of(kind: str, *, on: date, verdict: str = Decision.Verdict.DECLINE) -> list[Reason]:
    """This function will list the reasons a decision of this kind may name on a day, in the words that count then."""
    texts = everything()
    found = []
    for declared in subject_of(kind).reasons():
        reason = worded(declared, texts.get((kind, declared.code), ()), on=on)
        if reason is not None and verdict in reason.verdicts:
            found.append(reason)
    return found


def worded(declared: Reason, versions: Sequence[ReasonText], *, on: date) -> Reason | None:
    """This function will give a reason in the words that count on a day, `versions` being newest first.

    None where it is no longer offered. A reason nobody has written down yet reads as the release declares it.
    """
    text = in_force(versions, on=on)
    if text is None:
        return declared
    return None if text.valid_to is not None and text.valid_to < on else as_reason(text)


def in_force(versions: Sequence[ReasonText], *, on: date) -> ReasonText | None:
    """This function will pick the newest version that has begun; None where there is none."""
    return next((text for text in versions if text.valid_from <= on), None)


def told(subject: str, subject_id: str) -> list[Reason]:
    """This function will give the reasons of a matter's last refusal, in the words that were in force then."""
    return told_each(subject, [subject_id]).get(subject_id, [])


def told_each(subject: str, subject_ids: Iterable[str]) -> dict[str, list[Reason]]:
    """This function will give the same for many matters of a kind, in two questions to the database."""
    decisions = Decision.objects.filter(
        case__subject=subject, case__subject_id__in=list(subject_ids), verdict=Decision.Verdict.DECLINE
    ).order_by("id")
    last = {
        key: given(codes, versions)
        for key, codes, versions in decisions.values_list("case__subject_id", "reasons", "reason_versions")
    }
    codes = {code for given in last.values() for code, _version in given}
    if not codes:
        return {key: [] for key in last}
    rows = ReasonText.objects.filter(subject=subject, code__in=codes)
    known = {(text.code, text.version): as_reason(text) for text in rows}
    declared = {reason.code: reason for reason in subject_of(subject).reasons()}
    return {
        key: [
            reason
            for code, version in given
            if (reason := known.get((code, version)) or declared.get(code)) is not None
        ]
        for key, given in last.items()
    }


def given(codes: Sequence[str], versions: Sequence[int]) -> list[tuple[str, int]]:
    """This function will put codes and versions of a decision together; without versions it gave the first words."""
    return list(zip(codes, versions or [1] * len(codes), strict=True))


def everything() -> Mapping[Key, Sequence[ReasonText]]:
    """This function will give every version of every reason, newest first, by kind and code."""
    global _kept  # noqa: PLW0603 - one memory for one process, replaced whole
    kept, clock = _kept, time.monotonic()
    if kept is not None and clock - kept[0] < KEEP:
        return kept[1]
    found: dict[Key, list[ReasonText]] = defaultdict(list)
    for text in ReasonText.objects.order_by("subject", "code", "-version"):
        found[text.subject, text.code].append(text)
    _kept = (clock, dict(found))
    return _kept[1]


def forget() -> None:
    """This function will make this process read the texts anew at the next question."""
    global _kept  # noqa: PLW0603
    _kept = None


def as_reason(text: ReasonText) -> Reason:
    """This function will give a version as the rooms know reasons; its words follow the reader's language."""
    return Reason(
        code=text.code,
        label=_both(text.label_zh, text.label_en),
        tells=_both(text.tells_zh, text.tells_en),
        advice=_both(text.advice_zh, text.advice_en),
        verdicts=tuple(text.verdicts),
        version=text.version,
    )


def _pick(chinese: str, english: str) -> str:
    return chinese if (get_language() or "").startswith("zh") else english


_lazily = lazy(_pick, str)


def _both(chinese: str, english: str) -> Text:
    words: Text = _lazily(chinese, english)
    return words
