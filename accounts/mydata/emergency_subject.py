"""How an emergency looks on the review desk: who took it, why, and everything that was opened meanwhile."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import get_language, gettext_lazy, ngettext
from django.utils.translation import gettext as _

from accounts.mydata import emergency
from accounts.mydata.models import Emergency
from accounts.roles import Role
from core.audit.models import Row
from core.reviews.subject import Person, Presentation, Reason, Section, Text, UnknownPaper
from core.ui import formats

REVIEWERS: Final = (Role.APPROVER.value, Role.RISK_OFFICER.value)
SHOWN: Final = 50  # acts on the page; the trail has all of them
REASONS = (
    Reason(
        "not_needed",
        gettext_lazy("There was no emergency"),
        gettext_lazy("What was done could have waited for a colleague who may do it."),
        gettext_lazy("Ask the colleague on duty next time."),
    ),
    Reason(
        "more_than_needed",
        gettext_lazy("More was opened than was needed"),
        gettext_lazy("Records were opened that had nothing to do with the reason."),
        gettext_lazy("Open only what the reason names."),
    ),
)


class EmergencyOnDesk:
    """What `core.reviews.subject.Subject` asks for. `subject_id` is the public id of the emergency."""

    label: Text = gettext_lazy("Emergency access")
    by_colleague = True
    roles: Sequence[str] = REVIEWERS
    leads: Sequence[str] = (Role.RISK_OFFICER.value,)

    def present(self, subject_id: str, *, full: bool) -> Presentation:  # noqa: ARG002 - nothing in it is a customer's
        found, language = _get(subject_id), get_language()
        acts = _acts(found)
        number = acts.count()
        rows: list[tuple[Text, Text]] = [
            (gettext_lazy("Colleague"), str(found.staff)),
            (gettext_lazy("Duty"), emergency.duties()[found.duty].label),
            (gettext_lazy("Reason"), found.reason),
            (gettext_lazy("Began"), formats.moment(timezone.localtime(found.began_at), language)),
            (
                gettext_lazy("Ended"),
                formats.moment(timezone.localtime(found.ended_at), language)
                if found.ended_at
                else _("It is still running"),
            ),
            (
                gettext_lazy("Recorded"),
                ngettext("%(number)d act", "%(number)d acts", number) % {"number": number},
            ),
        ]
        done: list[tuple[Text, Text]] = [
            (f"{timezone.localtime(act.acted_at):%H:%M:%S}", _line(act)) for act in acts.order_by("id")[:SHOWN]
        ]
        return Presentation(
            [Section(gettext_lazy("What happened"), rows), Section(gettext_lazy("What was done"), done)], papers=()
        )

    def paper(self, subject_id: str, name: str) -> tuple[str, bytes]:  # noqa: ARG002 - there is none
        raise UnknownPaper(name)

    def reasons(self) -> Sequence[Reason]:
        return REASONS

    def check_label(self, name: str) -> Text:
        return name

    def why(self, code: str) -> Text:
        return code

    def digest(self, subject_id: str, *, lock: bool = False) -> str:
        rows = Emergency.objects.select_for_update() if lock else Emergency.objects
        found = rows.get(public_id=subject_id)
        return f"{found.public_id}:{found.ended_at}:{_acts(found).count()}"

    def concerns(self, subject_id: str, user: Person) -> bool:
        return bool(_get(subject_id).staff_id == user.pk)

    def objection(self, subject_id: str, *, now: datetime) -> Text:
        found = _get(subject_id)
        if found.ended_at is None and found.until > now:
            return _("It is still running. Look at it again when it has ended.")
        return ""


def _get(subject_id: str) -> Emergency:
    return Emergency.objects.select_related("staff").get(public_id=subject_id)


def _acts(found: Emergency) -> QuerySet[Row]:
    """Everything in the trail that carries this emergency's flag."""
    return Row.objects.filter(
        actor_id=found.staff_id, acted_at__gte=found.began_at, after__emergency=str(found.public_id)
    )


def _line(act: Row) -> str:
    path = (act.after or {}).get("path", "") if act.act == "emergency.request" else act.subject
    return f"{act.act} {path}"
