"""What the identity check keeps of a customer (accounts.personal). The document number is covered even here: whoever
gets hold of a copy must not get the number with it. Checks, and what came of them, are for the desk."""

from collections.abc import Iterator, Sequence

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from accounts.identity.models import Document, Verification
from accounts.identity.services import SUBJECT
from accounts.masks import document_long
from accounts.models import Customer
from accounts.personal import Coded, Column, Section, Value
from core.reviews import services as desk


def personal_data(*, customer: Customer, language: str) -> Sequence[Section]:  # noqa: ARG001 - the active one
    """This function will list a customer's applications for verification and the photos that were sent with them."""
    at = "identity.Verification."
    return [
        Section(
            key="identity",
            group="person",
            title=_("Verification of your identity"),
            note=_("The document number is covered, here and in copies: your document shows it whole."),
            columns=[
                Column("state", _("State"), f"{at}state"),
                Column("legal_name", _("Legal name"), f"{at}legal_name"),
                Column("document", _("Document"), f"{at}document_kind"),
                Column("number", _("Document number"), f"{at}number_sealed"),
                Column("born_on", _("Date of birth"), f"{at}born_on"),
                Column("expires_on", _("Valid until"), f"{at}expires_on"),
                Column("long_term", _("Valid without end"), f"{at}never_expires"),
                Column("address", _("Address"), f"{at}address_sealed"),
                Column("occupation", _("Occupation"), f"{at}occupation"),
                Column("income", _("Income"), f"{at}income"),
                Column("agreed_at", _("Agreed to the use of photos"), f"{at}consented_at"),
                Column("started_at", _("Started"), f"{at}started_at"),
                Column("sent_at", pgettext("handed in", "Sent"), f"{at}submitted_at"),
                Column("decided_at", _("Decided"), f"{at}decided_at"),
                Column("told", _("What we told you"), f"{at}decline_reasons"),
            ],
            rows=lambda: _verifications(customer),
        ),
        Section(
            key="identity_photos",
            group="person",
            title=_("Photos you sent us"),
            note=_("The pictures themselves are kept sealed and are not part of copies."),
            columns=[
                Column("side", _("Photo"), "identity.Document.side"),
                Column("sent_at", pgettext("handed in", "Sent"), "identity.Document.uploaded_at"),
                Column("width", _("Width in pixels"), "identity.Document.width"),
                Column("height", _("Height in pixels"), "identity.Document.height"),
            ],
            rows=lambda: (
                (Coded(photo.side, photo.get_side_display()), photo.uploaded_at, photo.width, photo.height)
                for photo in Document.objects.filter(verification__customer=customer).order_by("-uploaded_at", "-id")
            ),
        ),
    ]


def _verifications(customer: Customer) -> Iterator[Sequence[Value]]:
    rows = list(Verification.objects.filter(customer=customer).order_by("-id"))
    told = desk.told_each(SUBJECT, [str(one.public_id) for one in rows if one.decline_reasons])
    for one in rows:
        yield (
            Coded(one.state, one.get_state_display()),
            one.legal_name,
            Coded(one.document_kind, one.get_document_kind_display()),
            document_long(one.number),
            one.born_on,
            one.expires_on,
            one.never_expires,
            one.address,
            Coded(one.occupation, one.get_occupation_display()) if one.occupation else None,
            Coded(one.income, one.get_income_display()) if one.income else None,
            one.consented_at,
            one.started_at,
            one.submitted_at,
            one.decided_at,
            " ".join(str(reason.tells) for reason in told.get(str(one.public_id), ())),
        )
