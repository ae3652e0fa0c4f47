"""The kind of change that puts a policy figure in force: a new dated row, never an edit of an old one."""

import json
import uuid
from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db import connection
from django.utils import timezone
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from core.changes.errors import Refused
from core.changes.kinds import Approvals, Line, Payload, Preview
from core.changes.readers import readers_of
from core.policy import services as policy
from core.policy.figures import WrongFigure
from core.policy.file import check_value
from core.policy.models import Figure
from core.policy.units import with_unit
from core.reviews.subject import Person, Text
from core.ui import formats

FARTHEST = 10  # years ahead a figure may be dated
GUARDING = (
    "access",
    "changes",
    "code",
    "entrance",
    "recovery",
    "review",
    "session",
    "staff",
    "stepup",
)  # first words of keys that guard the bank


class PolicyFigure:
    """Payload: key, value, effective_from (ISO date), source."""

    label: Text = gettext_lazy("Policy figure")
    hint: Text = gettext_lazy("A limit, a time or an age takes a new value from a day on.")

    def key(self, payload: Payload) -> str:
        return str(payload["key"])

    def title(self, payload: Payload) -> str:
        return f"{payload['key']} = {payload['value']} ({payload['effective_from']})"

    def approvals(self, payload: Payload, *, now: datetime) -> Approvals:  # noqa: ARG002
        guards = payload["key"].partition(".")[0] in GUARDING
        return Approvals(2, ("guarding",)) if guards else Approvals(1)

    def why(self, code: str) -> Text:  # noqa: ARG002 - there is one code
        return gettext_lazy("The figure guards sign-in, confirmation or these changes themselves.")

    def validate(self, payload: Payload, *, now: datetime) -> None:
        today, since = timezone.localdate(now), date.fromisoformat(payload["effective_from"])
        try:
            rows = policy.dated(payload["key"])
        except policy.UnknownKey:
            raise Refused(lambda: _("There is no figure of this key. Choose one from the list."), field="key") from None
        if since < today:
            raise Refused(
                lambda: _("The day lies in the past. A figure counts from today on at the earliest."),
                field="effective_from",
            )
        if since.year > today.year + FARTHEST:
            raise Refused(
                lambda: _("The day lies more than %(years)d years ahead.") % {"years": FARTHEST}, field="effective_from"
            )
        if any(row.effective_from == since for row in rows):
            raise Refused(
                lambda: _(
                    "This figure has a value that counts from this very day. Choose a later day: "
                    "rows that are there are never edited."
                ),
                field="effective_from",
            )
        try:
            check_value(rows[0].type, payload["value"])
        except WrongFigure:
            raise Refused(lambda: _wrong(rows[0].type), field="value") from None
        if not payload["source"].strip():
            raise Refused(lambda: _("Name the rule or the decision this figure follows."), field="source")
        if _before(rows, since).value == payload["value"]:
            raise Refused(lambda: _("The figure has this value on that day already."), field="value")
        _in_bounds(rows[0], payload["value"])

    def told(self, payload: Payload) -> list[Line]:
        row = policy.dated(payload["key"])[0]  # what a figure means and is counted in is the same in all its rows
        return [
            Line(gettext_lazy("Figure"), payload["key"]),
            Line(gettext_lazy("Meaning"), row.meaning),
            Line(gettext_lazy("Value"), with_unit(payload["value"], row)),
            Line(
                gettext_lazy("Counts from"),
                formats.day(date.fromisoformat(payload["effective_from"]), get_language()),
            ),
            Line(gettext_lazy("Source"), payload["source"]),
        ]

    def present(self, payload: Payload, *, now: datetime) -> Preview:
        rows, since = policy.dated(payload["key"]), date.fromisoformat(payload["effective_from"])
        before, language = _before(rows, since), get_language()
        lines = [
            Line(gettext_lazy("Figure"), payload["key"]),
            Line(gettext_lazy("Meaning"), before.meaning),
            Line(gettext_lazy("Value"), with_unit(payload["value"], before), with_unit(before.value, before)),
            Line(
                gettext_lazy("Counts from"),
                formats.day(since, language),
                formats.day(before.effective_from, language),
            ),
            Line(gettext_lazy("Source"), payload["source"], before.source),
        ]
        effects: list[Text] = []
        later = [row for row in rows if row.effective_from > since]
        if later:
            effects.append(
                _("It counts until %(day)s; from then on %(figure)s counts, as laid down before.")
                % {
                    "day": formats.day(later[-1].effective_from, language),
                    "figure": with_unit(later[-1].value, later[-1]),
                }
            )
        if since <= timezone.localdate(now):
            effects.append(_("It counts within seconds of the last approval. What was decided before stays decided."))
        else:
            effects.append(
                _("Until %(day)s nothing changes; then it takes over by itself.")
                % {"day": formats.day(since, language)}
            )
        effects.extend(_("Depends on it: %(who)s") % {"who": who} for who in readers_of(payload["key"]))
        return Preview(lines, effects)

    def digest(self, payload: Payload, *, lock: bool = False) -> str:
        if lock:
            _lock(payload["key"])
        rows = Figure.objects.filter(key=payload["key"]).order_by("effective_from")
        return json.dumps([[str(since), value] for since, value in rows.values_list("effective_from", "value")])

    def concerns(self, payload: Payload, user: Person) -> bool:  # noqa: ARG002 - a figure is nobody's own
        return False

    def apply(self, payload: Payload, *, key: str, actor: Person, now: datetime) -> Mapping[str, Any]:
        _lock(payload["key"])
        row = policy.add(
            key=payload["key"],
            value=payload["value"],
            effective_from=date.fromisoformat(payload["effective_from"]),
            source=payload["source"],
            change=uuid.UUID(key.removeprefix("change:")),
            actor=actor,
            today=timezone.localdate(now),
            now=now,
        )
        return {"figure": str(row), "from": row.effective_from.isoformat()}


def _before(rows: list[Figure], since: date) -> Figure:
    """Give the row that counts on a day, or the first of all where none counts yet."""
    return next((row for row in rows if row.effective_from <= since), rows[-1])


def _in_bounds(row: Figure, value: str) -> None:
    """Numbers of the table count or limit something: below zero they would mean nothing."""
    if row.type in {Figure.Type.INT, Figure.Type.DECIMAL} and Decimal(value) < 0:
        raise Refused(lambda: _("This figure cannot be below zero."), field="value")
    times = {"minutes", "hours", "days", "years", "seconds", "tries"}
    if row.unit in times and Decimal(value) == 0:
        raise Refused(
            lambda: _("A time or a number of tries of zero would lock everybody out. Enter at least one."),
            field="value",
        )


def _wrong(kind: str) -> str:
    return {
        "int": _("This figure is a whole number, written in digits alone."),
        "decimal": _("This figure is a number with a full stop before the decimals, for example 20000.00."),
        "bool": _("This figure is either true or false."),
        "text": _("This figure is a text of at most 200 characters."),
    }[kind]


def _lock(key: str) -> None:
    """Let decisions about one figure wait for one another: a row that is not there yet cannot be locked."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"policy:{key}"])
