"""The kind of change that publishes new words for a coded reason: a new version, never an edit of an old one."""

import json
import uuid
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.utils import timezone
from django.utils.translation import get_language, gettext_lazy, pgettext_lazy
from django.utils.translation import gettext as _

from core.changes.errors import Refused
from core.changes.kinds import Approvals, ChosenAt, Line, Payload, Preview
from core.reviews import plainness, wording
from core.reviews.models import ReasonText
from core.reviews.services import wording as writing
from core.reviews.subject import Person, Reason, Text, UnknownSubject, kinds, subject_of
from core.ui import formats

FARTHEST = 366  # days ahead words may be dated
KIND = "review.reason"
LONGEST = {name: 120 if name.startswith("label") else 300 for name in writing.TEXTS}
LABELS = {
    "label_zh": gettext_lazy("For staff, in Chinese"),
    "label_en": gettext_lazy("For staff, in English"),
    "tells_zh": gettext_lazy("What the customer is told, in Chinese"),
    "tells_en": gettext_lazy("What the customer is told, in English"),
    "advice_zh": gettext_lazy("What the customer can do, in Chinese"),
    "advice_en": gettext_lazy("What the customer can do, in English"),
}


class ReasonWords:
    """Payload: code ("kind/code"), the six texts, valid_from and valid_to (ISO dates; valid_to may be empty)."""

    label: Text = gettext_lazy("Words of a reason")
    hint: Text = gettext_lazy("What staff and customers read when a case is declined.")
    chosen_at = ChosenAt("admin:changes_reasons", "code")

    def key(self, payload: Payload) -> str:
        return str(payload["code"])

    def title(self, payload: Payload) -> str:
        return f"{payload['code']} ({payload['valid_from']})"

    def approvals(self, payload: Payload, *, now: datetime) -> Approvals:  # noqa: ARG002
        return Approvals(1)

    def why(self, code: str) -> Text:
        return code

    def validate(self, payload: Payload, *, now: datetime) -> None:
        today = timezone.localdate(now)
        if declared(payload["code"]) is None:
            raise Refused(lambda: _("There is no such reason. Choose one from the list."), field="code")
        since = date.fromisoformat(payload["valid_from"])
        if since < today:
            raise Refused(
                lambda: _("The day lies in the past. New words count from today on at the earliest."),
                field="valid_from",
            )
        if (since - today).days > FARTHEST:
            raise Refused(lambda: _("The day lies more than a year ahead."), field="valid_from")
        if payload["valid_to"] and date.fromisoformat(payload["valid_to"]) < since:
            raise Refused(lambda: _("The last day lies before the first."), field="valid_to")
        for name in writing.TEXTS:
            _plain(name, payload[name])
        before = newest(payload["code"])
        if before is not None and _content(payload) == _kept(before):
            raise Refused(lambda: _("The reason reads like this already."), field="code")

    def told(self, payload: Payload) -> list[Line]:
        kind, _slash, code = payload["code"].partition("/")
        return [
            Line(gettext_lazy("Kind of case"), subject_of(kind).label),
            Line(pgettext_lazy("reason", "Code"), code),
            *(Line(LABELS[name], payload[name]) for name in writing.TEXTS),
            Line(gettext_lazy("Counts from"), formats.day(date.fromisoformat(payload["valid_from"]), get_language())),
        ]

    def present(self, payload: Payload, *, now: datetime) -> Preview:  # noqa: ARG002
        before, language = newest(payload["code"]), get_language()
        old = {name: getattr(before, name) for name in writing.TEXTS} if before else _declared(payload["code"])
        kind, _slash, code = payload["code"].partition("/")
        until = payload["valid_to"]
        lines = [
            Line(gettext_lazy("Kind of case"), subject_of(kind).label),
            Line(pgettext_lazy("reason", "Code"), code),
            *(Line(LABELS[name], payload[name], old[name]) for name in writing.TEXTS),
            Line(
                gettext_lazy("Counts from"),
                formats.day(date.fromisoformat(payload["valid_from"]), language),
                formats.day(before.valid_from, language) if before else "",
            ),
        ]
        effects: list[Text] = [
            _("It becomes version %(number)d. Whoever was told an earlier version can still be shown what they read.")
            % {"number": before.version + 1 if before else 2}
        ]
        if until:
            lines.append(Line(gettext_lazy("Last day"), formats.day(date.fromisoformat(until), language)))
            effects.append(_("After the last day nobody is declined for this reason any more."))
        return Preview(lines, effects)

    def digest(self, payload: Payload, *, lock: bool = False) -> str:
        kind, _slash, code = payload["code"].partition("/")
        if lock:
            writing.lock(kind, code)
        before = newest(payload["code"])
        return json.dumps([before.version if before else 0])

    def concerns(self, payload: Payload, user: Person) -> bool:  # noqa: ARG002 - words are nobody's own
        return False

    def apply(self, payload: Payload, *, key: str, actor: Person, now: datetime) -> Mapping[str, Any]:
        kind, _slash, code = payload["code"].partition("/")
        text = writing.publish(
            kind=kind,
            code=code,
            texts={name: payload[name] for name in writing.TEXTS},
            valid_from=date.fromisoformat(payload["valid_from"]),
            valid_to=date.fromisoformat(payload["valid_to"]) if payload["valid_to"] else None,
            change=uuid.UUID(key.removeprefix("change:")),
            actor=actor,
            now=now,
        )
        return {"code": payload["code"], "version": text.version, "from": text.valid_from.isoformat()}


def declared(name: str) -> Reason | None:
    """This function will find a reason by "kind/code" as the rooms declare it; None when no room does."""
    kind, _slash, code = name.partition("/")
    try:
        return next((reason for reason in subject_of(kind).reasons() if reason.code == code), None)
    except UnknownSubject:
        return None


def newest(name: str) -> ReasonText | None:
    """This function will give the newest words of a reason, begun or not; None before they were first written down."""
    kind, _slash, code = name.partition("/")
    return ReasonText.objects.filter(subject=kind, code=code).order_by("-version").first()


def words_of(name: str) -> dict[str, str]:
    """This function will give the six texts of a reason as a form begins with them; empty for an unknown one."""
    if declared(name) is None:
        return {}
    text = newest(name)
    return {field: getattr(text, field) for field in writing.TEXTS} if text else _declared(name)


def versions() -> list[dict[str, Any]]:
    """This function will list every reason the rooms declare with all its versions, newest first, by kind of case."""

    texts = wording.everything()
    return [
        {
            "kind": kind,
            "label": subject_of(kind).label,
            "reasons": [
                {
                    "name": f"{kind}/{reason.code}",
                    "code": reason.code,
                    "label": reason.label,
                    "texts": list(texts.get((kind, reason.code), ())),
                }
                for reason in subject_of(kind).reasons()
            ],
        }
        for kind in kinds()
    ]


def shown(name: str) -> str:
    """This function will name a reason as a form does: what staff read, and its code; empty for an unknown one."""
    reason = declared(name)
    if reason is None:
        return ""
    text = newest(name)
    return f"{wording.as_reason(text).label if text else reason.label} ({reason.code})"


def _plain(name: str, text: str) -> None:
    """Refuse words a customer should not read. Raises Refused at the field."""
    language = name.rpartition("_")[2]
    if not text.strip() and not name.startswith("advice"):
        raise Refused(lambda: _("Write this text in both languages."), field=name)
    if not text.strip():
        return
    if len(text) > LONGEST[name] or not plainness.one_line(text):
        raise Refused(lambda: _("Write one line of at most %(most)d characters.") % {"most": LONGEST[name]}, field=name)
    if not plainness.in_its_language(text, language):
        raise Refused(
            lambda: _("Write this text in Chinese.") if language == plainness.CHINESE else _("Write it in English."),
            field=name,
        )
    if found := plainness.never_written(text, language):
        raise Refused(
            lambda: (
                _("“%(words)s” tells a customer nothing. Name what was found and what they can do.")
                % {"words": found[0]}
            ),
            field=name,
        )


def _declared(name: str) -> dict[str, str]:
    reason = declared(name)
    return writing.declared_words(reason) if reason else dict.fromkeys(writing.TEXTS, "")


def _content(payload: Payload) -> list[str]:
    return [*(payload[name] for name in writing.TEXTS), payload["valid_to"]]


def _kept(text: ReasonText) -> list[str]:
    return [*(getattr(text, name) for name in writing.TEXTS), text.valid_to.isoformat() if text.valid_to else ""]
