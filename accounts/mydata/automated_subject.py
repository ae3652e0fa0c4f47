"""How a wish for a person looks on the review desk: what the machine decided, by what, and what the customer says."""

from collections.abc import Collection, Sequence
from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.identity import kin
from accounts.identity.figures import APPROVER, REVIEWER
from accounts.mydata import automated
from accounts.mydata.models import PersonWanted
from core.reviews.models import Decision
from core.reviews.subject import Person, Presentation, Reason, Section, Text, UnknownPaper


class PersonOnDesk:
    """What `core.reviews.subject.Subject` asks for. `subject_id` is the public id of the wish."""

    label: Text = gettext_lazy("Decision of a machine")
    roles: Sequence[str] = (REVIEWER, APPROVER)
    leads: Sequence[str] = (APPROVER,)

    def present(self, subject_id: str, *, full: bool) -> Presentation:
        wish = _get(subject_id)
        decision = automated.BY_KEY[wish.decision]
        rows: list[tuple[Text, Text]] = [
            (gettext_lazy("Customer"), wish.customer.legal_name),
            (gettext_lazy("Decided by the machine"), decision.title),
            (gettext_lazy("What it looks at"), decision.what),
            (gettext_lazy("Since or until"), wish.since),
            (gettext_lazy("As the customer says"), wish.why if full else "••••"),
        ]
        how = (
            _("Approve to lift it for this customer; decline when it is to stand.")
            if decision.undo
            else _("Nobody can lift this: decline it with the reason, after you have looked whether the date is right.")
        )
        return Presentation(
            [
                Section(gettext_lazy("What was decided"), rows),
                Section(gettext_lazy("What to do"), [(gettext_lazy("Your decision"), how)]),
            ],
            papers=(),
        )

    def paper(self, subject_id: str, name: str) -> tuple[str, bytes]:  # noqa: ARG002 - there is none
        raise UnknownPaper(name)

    def reasons(self) -> Sequence[Reason]:
        return automated.REASONS

    def check_label(self, name: str) -> Text:
        return name

    def why(self, code: str) -> Text:
        return code

    def digest(self, subject_id: str, *, lock: bool = False) -> str:
        rows = PersonWanted.objects.select_for_update(of=("self",)) if lock else PersonWanted.objects
        wish = rows.get(public_id=subject_id)
        return f"{wish.state}:{wish.decision}:{wish.since}:{wish.why}"

    def concerns(self, subject_id: str, user: Person) -> bool:
        """It is the customer's own; and whoever decided about the same before leaves it to somebody else."""
        wish = _get(subject_id)
        earlier = PersonWanted.objects.filter(customer=wish.customer, decision=wish.decision).exclude(pk=wish.pk)
        ids = [str(public_id) for public_id in earlier.values_list("public_id", flat=True)]
        before = Decision.objects.filter(case__subject=automated.SUBJECT, case__subject_id__in=ids, reviewer_id=user.pk)
        return bool(wish.customer.user_id == user.pk or before.exists())

    def objection(self, subject_id: str, *, now: datetime) -> Text:
        wish = _get(subject_id)
        if automated.BY_KEY[wish.decision].undo is None:
            return _("The law lets nobody lift this. Decline it with the reason.")
        found = automated.standing(customer=wish.customer, now=now).get(wish.decision)
        if found is None or found.since != wish.since:
            return _("What the machine decided no longer stands as it did.")
        return ""

    def parties(self, subject_id: str) -> Collection[str]:
        user_id = _get(subject_id).customer.user_id
        return kin.parties_of([user_id]) if user_id else []


def _get(subject_id: str) -> PersonWanted:
    return PersonWanted.objects.select_related("customer").get(public_id=subject_id)
