"""Filling in, sending and taking back an application. Locks: the customer first; it is the queue."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial

from django.db import transaction
from django.utils import timezone

from accounts.identity import documents, files, queries
from accounts.identity.figures import figures
from accounts.identity.intake import take
from accounts.identity.models import Document, Verification
from accounts.identity.numbers import IdNumber
from accounts.identity.photos import Photo
from accounts.models import Customer
from core import audit, outbox
from core.reviews import calendar, errors
from core.reviews import services as desk

SUBJECT = "identity"  # on the review desk
SUBMITTED = "identity.submitted"
State = Verification.State


class AlreadyVerified(Exception):
    """The customer needs no verification any more."""


class NothingToRenew(Exception):
    """The customer is not verified, or by another bank: there is no document of theirs to take the place of."""


class NothingToChange(Exception):
    """There is no application that is still being filled in."""


class Incomplete(Exception):
    """Something is missing; `missing` names the details and photos."""

    def __init__(self, missing: list[str]) -> None:
        super().__init__(", ".join(missing))
        self.missing = missing


class ConsentMissing(Exception):
    """The customer has not agreed to the use of the photos."""


class TooManyPhotos(Exception):
    """More photos have been sent for this application than the bank keeps up with."""


class TooLate(Exception):
    """The application is already decided."""


@dataclass(frozen=True)
class Details:
    """What is typed; whatever is None is not known yet and leaves the draft as it is."""

    legal_name: str | None = None
    number: IdNumber | None = None
    born_on: date | None = None
    expires_on: date | None = None
    never_expires: bool | None = None
    address: str | None = None
    occupation: str | None = None
    income: str | None = None
    zone: str | None = None  # the machine-readable lines of a passport


def begin(*, customer: Customer, now: datetime) -> Verification:
    """This function will give the draft a customer fills in: the one there is, or a new one.

    A new draft starts from what was typed and photographed for the last application; a renewal that was begun with
    `renew` is a draft too. Raises AlreadyVerified, and NothingToChange while an application is being decided.
    """
    with transaction.atomic():
        customer = _locked(customer)
        standing = queries.open_one(customer)
        _is_asked(customer, standing)
        if standing is not None:
            if standing.state != State.DRAFT:
                raise NothingToChange
            return standing
        earlier = queries.latest(customer)
        draft = Verification(customer=customer, started_at=now)
        if earlier is not None:
            _take_over_details(earlier, draft)
        draft.save()
        if earlier is not None:
            _take_over_photos(earlier, draft)
    return draft


def renew(*, customer: Customer, kind: str, now: datetime) -> Verification:
    """This function will give the draft by which a verified customer shows a new document of some kind.

    Until it is approved the old identity stays good. What cannot have changed is taken over; photos and dates of the
    new document are asked for, and what was sent for a renewal that was declined or taken back is there again. Raises
    NothingToRenew, NothingToChange while a renewal is being decided, KeyError (no such kind).
    """
    documents.KINDS[kind]
    with transaction.atomic():
        customer = _locked(customer)
        verified = queries.approved_one(customer)
        if customer.standing != Customer.Standing.VERIFIED or verified is None:
            raise NothingToRenew
        draft = queries.open_one(customer)
        if draft is not None and draft.state != State.DRAFT:
            raise NothingToChange
        if draft is None:
            earlier = queries.latest_renewal(verified)
            draft = Verification(customer=customer, renews=verified, started_at=now)
            _take_over_details(earlier or verified, draft)
            draft.keep_name(customer.legal_name or verified.legal_name)
            if earlier is None:
                _forget_document(draft)
            draft.save()
            if earlier is not None:
                _take_over_photos(earlier, draft)
        draft = choose_document(customer=customer, kind=kind, now=now)
        if not draft.number_sealed and keeps_number(draft):
            draft.seal_number(verified.number, verified.issuer)
            draft.save(update_fields=["number_sealed", "number_index", "issuer"])
    return draft


def keeps_number(draft: Verification) -> bool:
    """This function will say whether a renewed document has the number of the old one; each passport has its own."""
    kind = documents.KINDS[draft.document_kind]
    return draft.renews is not None and draft.renews.document_kind == draft.document_kind and not kind.has_zone


def save_details(*, customer: Customer, details: Details, now: datetime) -> Verification:
    """This function will keep what was typed so far. Raises AlreadyVerified, NothingToChange."""
    with transaction.atomic():
        draft = begin(customer=customer, now=now)
        if details.legal_name is not None:
            draft.keep_name(details.legal_name)
        for name in ("born_on", "occupation", "income"):
            value = getattr(details, name)
            if value is not None:
                setattr(draft, name, value)
        if details.number is not None:
            draft.seal_number(details.number.text, details.number.issuer)
        if details.zone is not None:
            draft.seal_zone(details.zone)
        if details.address is not None:
            draft.seal_address(details.address)
        if details.never_expires:
            draft.never_expires, draft.expires_on = True, None
        elif details.expires_on is not None:
            draft.never_expires, draft.expires_on = False, details.expires_on
        draft.save()
    return draft


def choose_document(*, customer: Customer, kind: str, now: datetime) -> Verification:
    """This function will say by which document somebody proves who they are.

    Another kind than before forgets what belonged to the other document: number, dates of it, and its photos. Raises
    AlreadyVerified, NothingToChange, KeyError (no such kind).
    """
    documents.KINDS[kind]
    with transaction.atomic():
        draft = begin(customer=customer, now=now)
        if draft.document_kind != kind:
            draft.document_kind = kind
            draft.seal_number("")
            draft.seal_zone("")
            draft.expires_on, draft.never_expires = None, False
            draft.save()
            photos = Document.objects.filter(verification=draft).exclude(side=Document.Side.SELFIE)
            for photo in photos:
                transaction.on_commit(partial(files.remove, photo.file))
            photos.delete()
    return draft


def save_photo(*, customer: Customer, side: str, data: bytes, name: str, declared: str, now: datetime) -> Document:
    """This function will make an uploaded photo harmless and keep it, sealed, in place of an earlier one.

    Every try counts towards the most photos of an application. Raises AlreadyVerified, NothingToChange, TooManyPhotos
    and photos.PhotoRefused.
    """
    limits = figures(timezone.localdate(now))
    with transaction.atomic():  # of its own: a refused photo counts too
        draft = begin(customer=customer, now=now)
        if draft.uploads >= limits.most_photos:
            raise TooManyPhotos
        draft.uploads += 1
        draft.save(update_fields=["uploads"])
    photo = take(data, name=name, declared=declared, limits=limits.photo)
    return keep_photo(customer=customer, side=side, photo=photo, now=now)


def keep_photo(*, customer: Customer, side: str, photo: Photo, now: datetime) -> Document:
    """This function will keep a clean photo in the draft. Raises AlreadyVerified, NothingToChange."""
    file = files.write(photo.jpeg)
    try:
        with transaction.atomic():
            draft = begin(customer=customer, now=now)
            return _put(draft, Document.Side(side), file, photo, now)
    except BaseException:
        files.remove(file)
        raise


def submit(*, customer: Customer, consented: bool, now: datetime) -> Verification:
    """This function will send the draft: automatic checks follow on a worker, then people decide.

    A repeat is answered with the application that was sent. Raises AlreadyVerified, NothingToChange, Incomplete,
    ConsentMissing.
    """
    with transaction.atomic():
        customer = _locked(customer)
        verification = queries.open_one(customer)
        _is_asked(customer, verification)
        if verification is None:
            raise NothingToChange
        if verification.state != State.DRAFT:
            return verification
        if missing := missing_in(verification, queries.documents_of(verification)):
            raise Incomplete(missing)
        if not consented:
            raise ConsentMissing
        verification.state = State.SUBMITTED
        verification.submitted_at = verification.consented_at = now
        verification.promised_by = calendar.due(hours=figures(timezone.localdate(now)).due_hours, now=now)
        verification.save(update_fields=["state", "submitted_at", "consented_at", "promised_by"])
        audit.record(
            act="identity.submitted",
            subject=verification,
            actor=customer.user,
            before={"state": State.DRAFT.value},
            after={"state": verification.state},
            now=now,
        )
        outbox.record(
            kind=SUBMITTED, payload={"verification": str(verification.public_id)}, owner=verification, now=now
        )
    return verification


def take_back(*, customer: Customer, now: datetime) -> Verification:
    """This function will take an undecided application off the desk and open it again for corrections, as a new draft.

    A repeat is answered with that draft. Raises AlreadyVerified, TooLate.
    """
    with transaction.atomic():
        customer = _locked(customer)
        verification = queries.open_one(customer)
        if verification is not None and verification.state != State.DRAFT:
            try:
                desk.withdraw(subject=SUBJECT, subject_id=str(verification.public_id), actor=customer.user, now=now)
            except errors.Closed as error:
                raise TooLate from error
            before = verification.state
            verification.state = State.WITHDRAWN
            verification.save(update_fields=["state"])
            audit.record(
                act="identity.withdrawn",
                subject=verification,
                actor=customer.user,
                before={"state": before},
                after={"state": verification.state},
                now=now,
            )
            if verification.renews_id is not None:
                return renew(customer=customer, kind=verification.document_kind, now=now)
        return begin(customer=customer, now=now)


def missing_in(verification: Verification, photos: Mapping[str, Document]) -> list[str]:
    """This function will name what a draft still lacks: details first, then photos."""
    kind = documents.KINDS[verification.document_kind]
    missing = [
        name
        for name in ("legal_name", "number_index", "born_on", "address_sealed", "occupation", "income")
        if not getattr(verification, name)
    ]
    if not verification.never_expires and verification.expires_on is None:
        missing.append("expires_on")
    if kind.has_zone and not verification.zone_sealed:
        missing.append("zone_sealed")
    return missing + [side for side in kind.sides if side not in photos]


def _is_asked(customer: Customer, standing: Verification | None) -> None:
    """A verified customer has nothing to prove but a renewal they began."""
    renewing = standing is not None and standing.renews_id is not None
    if customer.standing == Customer.Standing.VERIFIED and not renewing:
        raise AlreadyVerified


def _forget_document(draft: Verification) -> None:
    """Ask anew for what stands on one document alone."""
    draft.expires_on, draft.never_expires = None, False
    draft.seal_zone("")
    if not keeps_number(draft):
        draft.seal_number("")


def _locked(customer: Customer) -> Customer:
    return Customer.objects.select_for_update().get(pk=customer.pk)


def _take_over_details(earlier: Verification, draft: Verification) -> None:
    draft.keep_name(earlier.legal_name)
    for name in ("document_kind", "born_on", "expires_on", "never_expires", "occupation", "income"):
        setattr(draft, name, getattr(earlier, name))
    draft.seal_address(earlier.address)
    draft.seal_number(earlier.number, earlier.issuer)
    draft.seal_zone(earlier.zone)


def _take_over_photos(earlier: Verification, draft: Verification) -> None:
    """Copy the photos under a new seal, so that replacing one never touches what was decided on."""
    for document in queries.documents_of(earlier).values():
        try:
            jpeg = files.read(document.file)
        except files.FileGone:
            continue  # the customer is asked for this photo again
        file = files.write(jpeg)
        Document.objects.create(
            verification=draft,
            side=document.side,
            file=file,
            digest=document.digest,
            width=document.width,
            height=document.height,
            uploaded_at=document.uploaded_at,
        )


def _put(draft: Verification, side: Document.Side, file: str, photo: Photo, now: datetime) -> Document:
    earlier = Document.objects.filter(verification=draft, side=side).first()
    if earlier is not None:
        transaction.on_commit(partial(files.remove, earlier.file))
    document, _created = Document.objects.update_or_create(
        verification=draft,
        side=side,
        defaults={
            "file": file,
            "digest": hashlib.sha256(photo.jpeg).hexdigest(),
            "width": photo.width,
            "height": photo.height,
            "uploaded_at": now,
        },
    )
    return document
