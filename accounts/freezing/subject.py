"""How a locked access looks on the review desk: two colleagues make sure who calls before it opens again."""

from collections.abc import Sequence
from datetime import datetime

from django.utils import timezone
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from accounts.freezing import endings
from accounts.freezing.models import Freeze
from accounts.freezing.services import FIRST, SECOND
from core.reviews.subject import Person, Presentation, Reason, Section, Text, UnknownPaper
from core.ui import formats

REASONS = (
    Reason(
        "not_the_owner",
        gettext_lazy("Could not show that they are the owner"),
        gettext_lazy("We could not make sure that it is you who asks."),
        gettext_lazy("Come to a branch with your identity document."),
    ),
    Reason(
        "still_in_danger",
        gettext_lazy("The owner's mail or phone may be in others' hands"),
        gettext_lazy("Somebody else may still read your mail or your texts."),
        gettext_lazy("Make them safe first, then call us again."),
    ),
)


class LockedAccess:
    """Opening a locked access again. `subject_id` is the public id of the lock."""

    label: Text = gettext_lazy("Locked access")
    roles: Sequence[str] = (*FIRST, *SECOND)
    leads: Sequence[str] = SECOND

    def present(self, subject_id: str, *, full: bool) -> Presentation:  # noqa: ARG002 - how to reach them is not shown
        frozen = _get(subject_id)
        language = get_language()
        customer = getattr(frozen.user, "customer", None)
        rows: list[tuple[Text, Text]] = [
            (gettext_lazy("Name"), customer.legal_name if customer is not None else frozen.user.full_name),
            (gettext_lazy("Cause"), frozen.get_cause_display()),
            (gettext_lazy("Device"), frozen.device),
            (gettext_lazy("Locked"), formats.moment(timezone.localtime(frozen.frozen_at), language)),
        ]
        if frozen.signed_in_at is not None:
            rows.insert(
                3, (gettext_lazy("Signed in"), formats.moment(timezone.localtime(frozen.signed_in_at), language))
            )
        how = [
            (
                gettext_lazy("Before you approve"),
                _("Call the customer at the number the bank has known longest and ask for what only they know."),
            )
        ]
        return Presentation(
            sections=[Section(gettext_lazy("What happened"), rows), Section(gettext_lazy("What to do"), how)], papers=()
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
        rows = Freeze.objects.select_for_update() if lock else Freeze.objects
        frozen = rows.get(public_id=subject_id)
        return f"{frozen.public_id}:{frozen.frozen_at.isoformat()}:{frozen.lifted_at}"

    def concerns(self, subject_id: str, user: Person) -> bool:
        return bool(_get(subject_id).user_id == user.pk)

    def objection(self, subject_id: str, *, now: datetime) -> Text:  # noqa: ARG002 - the lock waits for nothing else
        frozen = _get(subject_id)
        if frozen.lifted_at is not None:
            return _("The access was opened in the meantime.")
        if endings.has_ended(frozen.user):
            return _("This sign-in has ended for another reason meanwhile and is not opened again. Decline the case.")
        return ""

    def reopen(self, subject_id: str, *, now: datetime) -> bool:  # noqa: ARG002 - the access is as it was
        return Freeze.objects.select_for_update().get(public_id=subject_id).lifted_at is None


def _get(subject_id: str) -> Freeze:
    return Freeze.objects.select_related("user__customer").get(public_id=subject_id)
