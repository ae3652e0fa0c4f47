"""Changes by two people, for tests: asked for, seen and decided as the pages do it."""

from datetime import date, datetime
from itertools import count
from typing import Any

from accounts.models import User
from core.changes import services
from core.changes.models import Change
from core.outbox import relay
from core.reviews import services as desk
from core.reviews.models import Case
from tests.factories import identity as make

_numbers = count(7001)


def staff(*roles: str, number: str | None = "", **fields: Any) -> User:
    """A member of staff with an employee number of their own; `number=None` for none."""
    given = f"T{next(_numbers)}" if number == "" else number
    address = fields.pop("email", f"{'-'.join(roles) or 'nobody'}-{next(_numbers)}@bank.example")
    return make.make_staff(address, *roles, employee_number=given, **fields)


def figure(
    key: str = "transfer.daily_count", value: str = "7", *, since: date, source: str = "a decision"
) -> dict[str, str]:
    """What a change of a policy figure holds."""
    return {"key": key, "value": value, "effective_from": since.isoformat(), "source": source}


def role(user: User, name: str, act: str = "give") -> dict[str, str]:
    """What a change of a role holds."""
    return {"user": str(user.public_id), "role": name, "act": act}


def entry(*lines: tuple[str, str, str], on: date, narrative: str = "correction") -> dict[str, Any]:
    """What a booking by hand holds; lines are (account code, side, amount)."""
    return {
        "business_date": on.isoformat(),
        "narrative": narrative,
        "lines": [{"account": code, "side": side, "amount": amount, "narrative": ""} for code, side, amount in lines],
    }


def words(code: str, *, since: date, until: date | None = None, **texts: str) -> dict[str, str]:
    """What a change of a reason's words holds."""
    return {
        "code": code,
        "label_zh": "照片看不清",
        "label_en": "The photo is unclear",
        "tells_zh": "有一张照片看不清楚。",
        "tells_en": "One photo is unclear.",
        "advice_zh": "请在白天重新拍摄。",
        "advice_en": "Take it again in daylight.",
        "valid_from": since.isoformat(),
        "valid_to": until.isoformat() if until else "",
        **texts,
    }


def ask(kind: str, payload: dict[str, Any], *, by: User, now: datetime) -> Change:
    """Ask for a change."""
    return services.ask(kind=kind, payload=payload, reason="needed for a test", asked_by=by, now=now)


def case_of(change: Change) -> Case:
    """The case in which a change is decided."""
    return Case.objects.get(subject="change", subject_id=str(change.public_id))


def decide(change: Change, user: User, verdict: str = "approve", *, now: datetime, **how: Any) -> None:
    """Claim, look, decide, as the desk's page does."""
    case = case_of(change)
    desk.claim(public_id=case.public_id, user=user, now=now)
    case.refresh_from_db()
    if verdict == "decline":
        how = {"reasons": ["not_justified"], "note": "no", **how}
    desk.decide(
        public_id=case.public_id,
        user=user,
        verdict=verdict,
        digest=desk.seen(case, checks=list(case.checks.all())),
        now=now,
        **how,
    )


def settle(change: Change, *, now: datetime) -> Change:
    """Let the worker run, and read what became of the change."""
    relay.drain(now=now)
    change.refresh_from_db()
    return change


def carried_out(kind: str, payload: dict[str, Any], *, by: User, approved_by: list[User], now: datetime) -> Change:
    """A change from the wish to what came of it."""
    change = ask(kind, payload, by=by, now=now)
    for user in approved_by:
        decide(change, user, now=now)
    return settle(change, now=now)
