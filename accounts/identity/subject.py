"""How an identity check looks on the review desk."""

import hashlib
import json
from collections.abc import Collection, Sequence
from datetime import datetime

from django.db import connection
from django.utils import timezone
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from accounts.identity import checks, documents, files, kin, lookalikes, queries, reopening
from accounts.identity.figures import APPROVER, REVIEWER, figures
from accounts.identity.models import Document, Verification
from accounts.identity.numbers import long_mask
from accounts.identity.questions import QUESTIONS
from accounts.identity.reasons import REASONS
from accounts.identity.services import SUBJECT
from core.reviews.models import Case
from core.reviews.subject import Paper, Person, Presentation, Question, Reason, Section, Text, UnknownPaper
from core.ui import formats

HIDDEN = "••••"
PAPERS = {
    Document.Side.FRONT: (
        gettext_lazy("Portrait side"),
        gettext_lazy("Photo of the document, the side with the portrait"),
    ),
    Document.Side.BACK: (
        gettext_lazy("Emblem side"),
        gettext_lazy("Photo of the document, the side with the national emblem"),
    ),
    Document.Side.SELFIE: (gettext_lazy("Face"), gettext_lazy("Photo of the applicant's face")),
}
OLD = "old-"  # before the side: the photo of the document that is renewed
OLD_PAPERS = {
    Document.Side.FRONT: (
        gettext_lazy("Portrait side, old document"),
        gettext_lazy("Photo of the old document, the side with the portrait"),
    ),
    Document.Side.BACK: (
        gettext_lazy("Emblem side, old document"),
        gettext_lazy("Photo of the old document, the side with the national emblem"),
    ),
    Document.Side.SELFIE: (
        gettext_lazy("Face, last verification"),
        gettext_lazy("Photo of the customer's face from the last verification"),
    ),
}


class IdentityCheck:
    """Real-name verification of a customer. `subject_id` is the public id of the application."""

    label: Text = gettext_lazy("Identity check")
    roles: Sequence[str] = (REVIEWER, APPROVER)
    leads: Sequence[str] = (APPROVER,)

    def present(self, subject_id: str, *, full: bool) -> Presentation:
        verification = _get(subject_id)
        number, language = verification.number, get_language()
        kept = queries.documents_of(verification)
        born_on = formats.day(verification.born_on, language) if verification.born_on else ""
        return Presentation(
            sections=[
                *([self._renewed(verification, full=full)] if verification.renews else []),
                Section(
                    gettext_lazy("Document"),
                    [
                        (gettext_lazy("Legal name"), verification.legal_name),
                        (gettext_lazy("Document"), verification.get_document_kind_display()),
                        (gettext_lazy("Number"), _spaced(number) if full else long_mask(number)),
                        (gettext_lazy("Date of birth"), born_on if full else HIDDEN),
                        (gettext_lazy("Expires on"), _expires(verification)),
                        *self._zone(verification, full=full),
                    ],
                ),
                Section(
                    gettext_lazy("About the customer"),
                    [
                        (gettext_lazy("Address"), verification.address if full else HIDDEN),
                        (gettext_lazy("Occupation"), verification.get_occupation_display()),
                        (gettext_lazy("Income"), verification.get_income_display()),
                    ],
                ),
                *(self._beside(verification) if full else []),
            ],
            papers=self._papers(kept, queries.documents_of(verification.renews) if verification.renews else {}),
        )

    def _papers(self, kept: Collection[str], old: Collection[str]) -> list[Paper]:
        """List the photos, each beside that of the document it replaces."""
        papers = []
        for side in Document.Side:
            if side.value in kept:
                papers.append(Paper(side.value, *PAPERS[side]))
            if side.value in old:
                papers.append(Paper(f"{OLD}{side.value}", *OLD_PAPERS[side]))
        return papers

    def _renewed(self, verification: Verification, *, full: bool) -> Section:
        """Show the old document beside the new one, line by line."""
        old = verification.renews
        assert old is not None  # noqa: S101 - asked of renewals alone

        def both(here: str, there: str) -> str:
            if here == there:
                return _("%(value)s — unchanged") % {"value": here or "–"}
            return _("%(here)s — before: %(there)s") % {"here": here or "–", "there": there or "–"}

        def number(one: Verification) -> str:
            return _spaced(one.number) if full else long_mask(one.number)

        return Section(
            gettext_lazy("Renewal: new beside old"),
            [
                (gettext_lazy("Legal name"), both(verification.legal_name, old.legal_name)),
                (gettext_lazy("Document"), both(verification.get_document_kind_display(),
                                                old.get_document_kind_display())),
                (gettext_lazy("Number"), both(number(verification), number(old))),
                (gettext_lazy("Expires on"), both(_expires(verification), _expires(old))),
            ],
        )  # fmt: skip

    def _zone(self, verification: Verification, *, full: bool) -> list[tuple[Text, Text]]:
        if not documents.KINDS[verification.document_kind].has_zone:
            return []
        zone = verification.zone
        return [
            (gettext_lazy("State that gave it out"), verification.issuer),
            (gettext_lazy("Machine-readable lines"), f"{zone[:44]} {zone[44:]}" if full else HIDDEN),
        ]

    def _beside(self, verification: Verification) -> list[Section]:
        """Show customers who come close beside this one, line by line."""
        least, language = figures(timezone.localdate()).alike_from, get_language()

        def both(here: str, there: str) -> str:
            if here == there:
                return _("%(value)s — the same") % {"value": there}
            return _("%(there)s — here %(here)s") % {"there": there or "–", "here": here or "–"}

        def born(one: Verification) -> str:
            return formats.day(one.born_on, language) if one.born_on else ""

        return [
            Section(
                _("Comes close: %(name)s") % {"name": found.other.legal_name},
                [
                    (_("Legal name"), both(verification.legal_name, found.other.legal_name)),
                    (_("Document"), both(verification.get_document_kind_display(),
                                         found.other.get_document_kind_display())),
                    (_("Number"), both(long_mask(verification.number), long_mask(found.other.number))),
                    (_("Date of birth"), both(born(verification), born(found.other))),
                    (_("Address"), both(verification.address, found.other.address)),
                    (_("Application"), found.other.get_state_display()),
                ],
            )
            for found in lookalikes.search(verification, least_score=least)
        ]  # fmt: skip

    def paper(self, subject_id: str, name: str) -> tuple[str, bytes]:
        verification, side = _get(subject_id), name.removeprefix(OLD)
        shown = verification if side == name else verification.renews
        document = queries.documents_of(shown).get(side) if shown is not None else None
        if document is None:
            raise UnknownPaper(name)
        try:
            return "image/jpeg", files.read(document.file)
        except files.FileGone as error:
            raise UnknownPaper(name) from error

    def reasons(self) -> Sequence[Reason]:
        return REASONS

    def questions(self) -> Sequence[Question]:
        return QUESTIONS

    def parties(self, subject_id: str) -> Collection[str]:
        return kin.keys_of(_get(subject_id))

    def check_label(self, name: str) -> Text:
        return checks.LABELS.get(name, name)

    def why(self, code: str) -> Text:
        return _("“%(check)s” was not clearly in order") % {"check": checks.LABELS.get(code, code)}

    def digest(self, subject_id: str, *, lock: bool = False) -> str:
        rows = Verification.objects.select_for_update(of=("self",)) if lock else Verification.objects
        verification = rows.get(public_id=subject_id)
        photos = sorted(Document.objects.filter(verification=verification).values_list("side", "digest"))
        content = [
            verification.state,
            verification.legal_name,
            verification.document_kind,
            verification.number_index,
            hashlib.sha256(verification.zone.encode()).hexdigest(),
            str(verification.born_on),
            str(verification.expires_on),
            verification.never_expires,
            hashlib.sha256(verification.address.encode()).hexdigest(),
            verification.occupation,
            verification.income,
            photos,
            *([str(verification.renews.public_id), verification.renews.state] if verification.renews else []),
        ]
        return hashlib.sha256(json.dumps(content).encode()).hexdigest()

    def concerns(self, subject_id: str, user: Person) -> bool:
        verification = _get(subject_id)
        if verification.customer.user_id == user.pk:
            return True
        # A colleague who is a customer under another sign-in is known by the number of their document.
        return (
            Verification.objects.filter(customer__user_id=user.pk, number_index=verification.number_index)
            .exclude(number_index="")
            .exists()
        )

    def objection(self, subject_id: str, *, now: datetime) -> Text:
        """Look again at what may have changed since the checks ran. Waits for others who decide on the same number."""
        verification = _get(subject_id)
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [verification.number_index])
        others = (
            Verification.objects.filter(number_index=verification.number_index)
            .exclude(pk=verification.pk)
            .exclude(customer_id=verification.customer_id)
        )
        if others.filter(state__in=Verification.VERIFIED).exists():
            return _("Another customer has been verified with this number in the meantime.")
        in_review = [str(public_id) for public_id in others.values_list("public_id", flat=True)]
        if Case.objects.filter(subject=SUBJECT, subject_id__in=in_review, state=Case.State.APPROVED).exists():
            return _("Another customer has been verified with this number in the meantime.")
        if verification.renews is not None and verification.renews.state != Verification.State.APPROVED:
            return _("The identity that this document renews is no longer the one in force.")
        expired = verification.expires_on is not None and verification.expires_on < timezone.localdate(now)
        return _("The document has expired in the meantime.") if expired else ""

    def reopen(self, subject_id: str, *, now: datetime) -> bool:
        return reopening.reopen(public_id=subject_id, now=now)


def _get(subject_id: str) -> Verification:
    return Verification.objects.select_related("customer", "renews").get(public_id=subject_id)


def _expires(verification: Verification) -> str:
    if verification.never_expires:
        return _("Long-term")
    return formats.day(verification.expires_on, get_language()) if verification.expires_on else ""


def _spaced(number: str) -> str:
    """Write a number in groups that a person compares with a card: region, birth date, the rest."""
    return f"{number[:6]} {number[6:14]} {number[14:]}" if len(number) == 18 else number
