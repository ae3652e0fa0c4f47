"""Finished values for the templates."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from accounts.identity import documents, queries, services
from accounts.identity.models import Document, Verification
from accounts.identity.numbers import long_mask
from core.reviews import services as desk
from core.reviews.subject import Reason
from core.ui import formats

State = Verification.State


def answers(draft: Verification) -> list[dict[str, Any]]:
    """This function will list what was typed, with links to change it."""
    language, url = get_language(), reverse("identity_details")
    expires = _expires(draft)
    if draft.renews_id is not None:
        return _renewal_answers(draft)
    rows = [
        (_("Document"), documents.KINDS[draft.document_kind].label, "kind"),
        (_("Legal name"), draft.legal_name, "legal_name"),
        (documents.KINDS[draft.document_kind].number_label, long_mask(draft.number), "number"),
        (_("Date of birth"), formats.day(draft.born_on, language) if draft.born_on else "", "born_on"),
        (_("Card is valid until"), expires, "expires_on"),
        (_("Where you live"), draft.address, "address"),
        (_("What you do"), draft.get_occupation_display(), "occupation"),
        (_("Your income"), draft.get_income_display(), "income"),
    ]
    return [
        {
            "key": key,
            "value": value,
            "change_url": reverse("identity_document") if field == "kind" else f"{url}#id_{field}",
        }
        for key, value, field in rows
    ]


def _renewal_answers(draft: Verification) -> list[dict[str, Any]]:
    """List what a renewal changes, with links to change it, and then what stays."""
    url, kind = reverse("identity_renewal_details"), documents.KINDS[draft.document_kind]
    rows = [{"key": _("Document"), "value": kind.label, "change_url": reverse("identity_renewal")}]
    if not services.keeps_number(draft):
        rows.append({"key": kind.number_label, "value": long_mask(draft.number), "change_url": f"{url}#id_number"})
    rows.append({"key": _("Card is valid until"), "value": _expires(draft), "change_url": f"{url}#id_expires_on"})
    return [*rows, *unchanged(draft)]


def unchanged(draft: Verification) -> list[dict[str, Any]]:
    """This function will list what a renewal leaves as it was verified."""
    rows = [{"key": _("Legal name"), "value": draft.legal_name}]
    if services.keeps_number(draft):
        label = documents.KINDS[draft.document_kind].number_label
        rows.append({"key": str(label), "value": long_mask(draft.number)})
    return rows


def document_now(verified: Verification) -> list[dict[str, Any]]:
    """This function will list the document by which somebody is verified now."""
    kind = documents.KINDS[verified.document_kind]
    return [
        {"key": _("Document"), "value": kind.label},
        {"key": kind.number_label, "value": long_mask(verified.number)},
        {"key": _("Card is valid until"), "value": _expires(verified)},
    ]


def _expires(verification: Verification) -> str:
    if verification.never_expires:
        return _("Long-term")
    return formats.day(verification.expires_on, get_language()) if verification.expires_on else ""


def tasks(draft: Verification) -> list[dict[str, Any]]:
    """This function will list what a draft still asks for, each part with its state; they may be done in any order."""
    kept = queries.documents_of(draft)
    missing = services.missing_in(draft, kept)
    photos_missing = [side for side in missing if side in Document.Side.values]
    details_missing = [name for name in missing if name not in Document.Side.values]
    begun = bool(draft.legal_name or draft.number_sealed or draft.address_sealed)
    rows = [
        (_("Your document"), documents.KINDS[draft.document_kind].label, "identity_document", "done"),
        (_("Your details"), "", "identity_details", _task_state(begun, details_missing)),
        (_("Your photos"), "", "identity_photos", _task_state(bool(kept), photos_missing)),
        (_("Check and send"), "", "identity_check", "waits" if missing else "open"),
    ]
    said = {"done": _("Done"), "begun": _("Begun"), "open": _("To do"), "waits": _("Cannot be started yet")}
    return [
        {"title": title, "text": text, "url": "" if state == "waits" else reverse(url), "state": said[state],
         "done": state == "done"}
        for title, text, url, state in rows
    ]  # fmt: skip


def _task_state(begun: bool, missing: list[str]) -> str:
    if not missing:
        return "done"
    return "begun" if begun else "open"


def photos(documents: Mapping[str, Document]) -> list[dict[str, Any]]:
    """This function will list the photos that are kept; the address changes with the picture."""
    return [
        {
            "side": side,
            "title": Document.Side(side).label,
            "url": f"{reverse('identity_photo', args=[side])}?v={documents[side].digest[:12]}",
            "width": documents[side].width,
            "height": documents[side].height,
        }
        for side in Document.Side.values
        if side in documents
    ]


def reasons(verification: Verification) -> Sequence[Reason]:
    """This function will give the reasons of a refusal in the customer's words."""
    return desk.told(services.SUBJECT, str(verification.public_id)) if verification.decline_reasons else []


def timeline(verification: Verification) -> list[dict[str, Any]]:
    """This function will tell where an application stands, since when, who has it, and what is promised by when."""
    state, renewal = State(verification.state), verification.renews_id is not None
    language = get_language()
    due = verification.promised_by
    promised = formats.moment(timezone.localtime(due), language) if due else ""
    steps: list[dict[str, Any]] = [{"title": _("Sent"), "state": "done", "at": verification.submitted_at}]
    if state is State.WITHDRAWN and verification.review_started_at is None:
        return [*steps, {"title": _("Taken back by you"), "state": "stopped"}]
    if state is State.SUBMITTED:
        steps += [
            {"title": _("Automatic checks"), "state": "now", "text": _("They take about a minute.")},
            {"title": _("A reviewer looks at it"), "state": "next"},
            {"title": _("Answer"), "state": "next", "text": _("Promised by %(time)s.") % {"time": promised}},
        ]
        return steps
    steps.append({"title": _("Automatic checks"), "state": "done", "at": verification.review_started_at})
    reviewed = {"title": _("A reviewer looks at it"), "state": "done"}
    if state is State.IN_REVIEW:
        steps += [
            {**reviewed, "state": "now", "text": _("Your application is with our review desk.")},
            {"title": _("Answer"), "state": "next", "text": _("Promised by %(time)s.") % {"time": promised}},
        ]
    elif state in Verification.VERIFIED:
        steps += [
            reviewed,
            {
                "title": _("New document accepted") if renewal else _("Identity verified, account opened"),
                "state": "done",
                "at": verification.decided_at,
            },
        ]
    elif state is State.DECLINED:
        steps += [reviewed, {"title": _("Not approved yet"), "state": "stopped", "at": verification.decided_at}]
    else:
        steps.append({"title": _("Taken back by you"), "state": "stopped"})
    return steps
