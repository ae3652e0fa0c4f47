"""What colleagues at the review desk are told. Each handler may be called twice for one fact; the key keeps it once."""

from collections.abc import Callable
from functools import partial

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from accounts import inbox
from accounts.models import User
from core.outbox import Fact

OVERDUE = 100  # per cent of a case's time


def escalated(fact: Fact) -> None:
    """This handler will tell whoever has a case, or leads the desk, that its time is running out or is over."""
    level, number = fact.payload["level"], fact.payload["number"]
    text = partial(_overdue if level >= OVERDUE else _soon, number)
    _tell(fact, fact.payload["told"], event="desk.escalated", key=f"{fact.payload['case']}:{level}", text=text)


def handed_over(fact: Fact) -> None:
    """This handler will tell somebody that a colleague has given them cases."""
    payload = fact.payload
    text = partial(_given, payload["count"], payload["number"], payload["by"], payload["note"])
    _tell(fact, [payload["to"]], event="desk.handed_over", key=f"{fact.id}", text=text)


def conflict_refused(fact: Fact) -> None:
    """This handler will tell the leads that somebody tried to decide a case that is not theirs to decide."""
    payload = fact.payload
    text = partial(_conflict, payload["name"], payload["number"])
    key = f"{payload['case']}:{payload['person']}:{payload['conflict']}"
    _tell(fact, payload["told"], event="desk.conflict", key=key, text=text)


def _tell(fact: Fact, people: list[int], *, event: str, key: str, text: Callable[[], tuple[str, str]]) -> None:
    case = reverse("admin:reviews_case", args=[fact.payload["case"]])
    for user in User.objects.filter(pk__in=people, is_active=True):
        inbox.send(user=user, event=event, key=f"{event}:{key}", text=text, link=case, now=fact.created_at)


def _soon(number: str) -> tuple[str, str]:
    return (
        _("Case %(number)s: most of its time is gone") % {"number": number},
        _("It is still undecided. Decide it, ask what is missing, or hand it over."),
    )


def _overdue(number: str) -> tuple[str, str]:
    return (
        _("Case %(number)s is overdue") % {"number": number},
        _("The time we promised is over and the case is undecided. See who has it, and hand it over if they cannot."),
    )


def _given(count: int, number: str, by: str, note: str) -> tuple[str, str]:
    title = ngettext("A case was handed over to you", "%(count)s cases were handed over to you", count)
    body = _("%(by)s writes: %(note)s") % {"by": by, "note": note}
    return title % {"count": count}, f"{number}\n{body}" if count == 1 else body


def _conflict(name: str, number: str) -> tuple[str, str]:
    return (
        _("%(name)s tried to decide a case they may not decide") % {"name": name},
        _("Case %(number)s is their own, their household's or somebody's they know, or they have already decided on it."
          " The desk refused. Look at the audit trail and speak with them.") % {"number": number},
    )  # fmt: skip
