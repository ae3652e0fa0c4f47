"""How the desk shows a request for a new second step: what was given now beside what was verified then."""

import hashlib
import json
from collections.abc import Collection, Sequence
from datetime import datetime

from django.utils import timezone
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from accounts.identity import files
from accounts.models import Customer
from accounts.recovery import checks, queries
from accounts.recovery.figures import APPROVER, REVIEWER
from accounts.recovery.models import Evidence, Recovery
from accounts.recovery.reasons import REASONS
from core.reviews.subject import Paper, Person, Presentation, Reason, Section, Text, UnknownPaper
from core.ui import formats

HIDDEN = "••••"
NOW = {
    "document": (gettext_lazy("Now: document"), gettext_lazy("Document photographed for this request")),
    "selfie": (gettext_lazy("Now: face"), gettext_lazy("Face photographed for this request")),
}
THEN = {
    "front": (gettext_lazy("Then: document"), gettext_lazy("Document of the verified identity")),
    "selfie": (gettext_lazy("Then: face"), gettext_lazy("Face of the verified identity")),
}


class RecoveryRequest:
    """What `core.reviews.subject.Subject` asks for."""

    label: Text = gettext_lazy("Lost second step")
    roles: Sequence[str] = (REVIEWER, APPROVER)
    leads: Sequence[str] = (APPROVER,)

    def present(self, subject_id: str, *, full: bool) -> Presentation:
        recovery, language = _get(subject_id), get_language()
        user, record = recovery.user, queries.verified_record(recovery.user)
        customer = Customer.objects.filter(user=user).first()
        reached = [user.email or "", user.phone.shown if user.phone else ""]
        masked = [_masked_email(user.email), user.masked_phone]
        ready = formats.moment(timezone.localtime(recovery.ready_at), language) if recovery.ready_at else ""
        now, then = queries.evidence_of(recovery), queries.enrolment_photos(user)
        return Presentation(
            sections=[
                Section(
                    gettext_lazy("Who asks"),
                    [
                        (gettext_lazy("Legal name"), customer.legal_name if customer else ""),
                        (gettext_lazy("Reached at"), " · ".join(filter(None, reached if full else masked))),
                        (gettext_lazy("Customer since"), _day(customer.created_at, language) if customer else ""),
                        (gettext_lazy("Verified on"), _day(customer.verified_at, language) if customer else ""),
                    ],
                ),
                Section(
                    gettext_lazy("What is asked"),
                    [
                        (gettext_lazy("New second step, not before"), ready),
                        (gettext_lazy("Number typed now"), recovery.number if full else HIDDEN),
                        (gettext_lazy("Number verified then"), (record.number if full else HIDDEN) if record else "–"),
                    ],
                ),
            ],
            papers=[Paper(f"now-{side}", *words) for side, words in NOW.items() if side in now]
            + [Paper(f"then-{side}", *words) for side, words in THEN.items() if side in then],
        )

    def paper(self, subject_id: str, name: str) -> tuple[str, bytes]:
        recovery = _get(subject_id)
        when, _dash, side = name.partition("-")
        found: Collection[str] = NOW if when == "now" else THEN
        kept = queries.evidence_of(recovery) if when == "now" else queries.enrolment_photos(recovery.user)
        if when not in {"now", "then"} or side not in found or side not in kept:
            raise UnknownPaper(name)
        try:
            return "image/jpeg", files.read(kept[side].file)
        except files.FileGone as error:
            raise UnknownPaper(name) from error

    def reasons(self) -> Sequence[Reason]:
        return REASONS

    def check_label(self, name: str) -> Text:
        return checks.LABELS.get(name, name)

    def why(self, code: str) -> Text:
        return _("“%(check)s” was not clearly in order") % {"check": checks.LABELS.get(code, code)}

    def digest(self, subject_id: str, *, lock: bool = False) -> str:
        rows = Recovery.objects.select_for_update(of=("self",)) if lock else Recovery.objects
        recovery = rows.get(public_id=subject_id)
        photos = sorted(Evidence.objects.filter(recovery=recovery).values_list("side", "digest"))
        number = hashlib.sha256(recovery.number.encode()).hexdigest()
        return hashlib.sha256(json.dumps([recovery.state, number, photos]).encode()).hexdigest()

    def concerns(self, subject_id: str, user: Person) -> bool:
        return _get(subject_id).user_id == user.pk

    def objection(self, subject_id: str, *, now: datetime) -> Text:
        recovery = _get(subject_id)
        if recovery.state != Recovery.State.SENT:
            return _("The request was stopped in the meantime.")
        if not recovery.user.is_active or (recovery.lapses_at is not None and recovery.lapses_at <= now):
            return _("The request can no longer be carried out.")
        return ""


def _get(subject_id: str) -> Recovery:
    return Recovery.objects.select_related("user").get(public_id=subject_id)


def _day(moment: datetime | None, language: str | None) -> str:
    return formats.day(timezone.localtime(moment).date(), language) if moment else ""


def _masked_email(email: str | None) -> str:
    if not email:
        return ""
    name, _at, host = email.partition("@")
    return f"{name[:1]}***@{host}"
