"""How a correction looks on the review desk: what the record says, what the customer says, the evidence."""

import hashlib
import json
from collections.abc import Collection, Sequence
from datetime import datetime

from django.utils.translation import gettext_lazy as _

from accounts.identity import kin
from accounts.identity.figures import APPROVER, REVIEWER
from accounts.mydata import correcting, files
from accounts.mydata.correcting import What, kept
from accounts.mydata.models import Correction
from accounts.mydata.reasons import REASONS
from core.reviews.subject import Paper, Person, Presentation, Reason, Section, Text, UnknownPaper

HIDDEN = "••••"


class CorrectionOnDesk:
    """What `core.reviews.subject.Subject` asks for. `subject_id` is the public id of the correction."""

    label: Text = _("Correction of personal data")
    roles: Sequence[str] = (REVIEWER, APPROVER)
    leads: Sequence[str] = (APPROVER,)

    def present(self, subject_id: str, *, full: bool) -> Presentation:
        correction = _get(subject_id)
        covered = correction.what == What.ADDRESS and not full
        return Presentation(
            sections=[
                Section(
                    correction.get_what_display(),
                    [
                        (_("Until now"), HIDDEN if covered else correction.old),
                        (_("As the customer says"), HIDDEN if covered else correction.new),
                        (_("Why"), correction.why if full else HIDDEN),
                        (_("Customer"), correction.customer.legal_name),
                    ],
                )
            ],
            papers=[Paper("evidence", _("Evidence"), _("Photo the customer sent with the correction"))]
            if correction.evidence
            else [],
        )

    def paper(self, subject_id: str, name: str) -> tuple[str, bytes]:
        correction = _get(subject_id)
        if name != "evidence" or not correction.evidence:
            raise UnknownPaper(name)
        try:
            return "image/jpeg", files.read(correction.evidence)
        except files.FileGone as error:
            raise UnknownPaper(name) from error

    def reasons(self) -> Sequence[Reason]:
        return REASONS

    def check_label(self, name: str) -> Text:
        return name

    def why(self, code: str) -> Text:
        return _("A legal name is changed by two people") if code == "legal_name" else code

    def digest(self, subject_id: str, *, lock: bool = False) -> str:
        rows = Correction.objects.select_for_update(of=("self",)) if lock else Correction.objects
        one = rows.get(public_id=subject_id)
        content = [one.state, one.what, one.old, one.new, one.why, one.evidence]
        return hashlib.sha256(json.dumps(content).encode()).hexdigest()

    def concerns(self, subject_id: str, user: Person) -> bool:
        return _get(subject_id).customer.user_id == user.pk

    def objection(self, subject_id: str, *, now: datetime) -> Text:  # noqa: ARG002 - the protocol's signature
        correction = _get(subject_id)
        if kept(correction.customer, correction.what) != correction.old:
            return _("The record has changed since the customer asked.")
        return ""

    def parties(self, subject_id: str) -> Collection[str]:
        user_id = _get(subject_id).customer.user_id
        return kin.parties_of([user_id]) if user_id else []

    def reopen(self, subject_id: str, *, now: datetime) -> bool:  # noqa: ARG002 - the protocol's signature
        return correcting.reopen(public_id=subject_id)


def _get(subject_id: str) -> Correction:
    return Correction.objects.select_related("customer").get(public_id=subject_id)
