"""A customer comes to the counter: found by a whole number, the document sighted and compared, on record either way."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import IntegrityError, transaction

from accounts import contacts, vault
from accounts.identity import documents, numbers
from accounts.identity import queries as identity
from accounts.identity.models import Verification
from accounts.models import BankAccount, Customer, Disposition, User
from accounts.mydata import looking
from core import audit
from ledger.calendar import business_date
from payments.counter import close_to, figures, locks
from payments.counter.models import TillDay, Visit
from payments.counter.refusals import (
    AsksReason,
    DocumentDiffers,
    NotFound,
    NotServed,
    OwnMatter,
    Unknown,
    VisitOver,
)

Found = Visit.Found
ENDING = 4  # characters of the document that the teller types


@dataclass(frozen=True, slots=True)
class Sighted:
    """The document the customer showed: its kind and last four characters, and that the teller held it in hand."""

    kind: str
    ending: str


def begin(*, teller: User, number: str, sighted: Sighted, reason: str = "", now: datetime) -> Visit:
    """This function will find one customer by a whole number and let them stand at the colleague's open till.

    Every try leaves a row in the trail, whatever comes of it. Where the bank keeps the verified document, its kind and
    last characters must agree. A covered record opens with a reason (accounts.mydata.looking). Whoever stood there
    before has left. Raises Unknown, TillNotOpen, DayOver, NotFound, NotServed, OwnMatter, DocumentDiffers, AsksReason.
    """
    found_by, candidates = _find(number, sighted.kind)
    try:
        with transaction.atomic():
            day = locks.own_day(teller)
            locks.is_open(day, now)
            customer, compared = _one(candidates, sighted)
            _may_serve(teller, customer, reason, now)
            return _stand(day, customer, found_by, sighted, compared, now)
    except (NotFound, NotServed, OwnMatter, DocumentDiffers, AsksReason) as refusal:
        # The transaction above is gone with what it wrote; the try itself stays on record.
        with transaction.atomic():
            audit.record(
                act="counter.customer_not_served",
                subject=candidates[0] if candidates else "customer:unknown",
                actor=teller,
                after={"found_by": found_by, "why": type(refusal).__name__},
                now=now,
            )
        raise


def _find(text: str, kind: str) -> tuple[str, Sequence[Customer]]:
    """Read a whole number as that of a document, a mobile phone or an account, in this order of certainty."""
    plain = "".join(text.split()).replace("-", "").upper()
    customers = Customer.objects.select_related("user")
    try:
        index = vault.blind_index(documents.parse(kind, plain).text, "identity.number")
    except numbers.NumberError:
        pass
    else:
        kept = Verification.objects.filter(number_index=index, state__in=Verification.VERIFIED).values("customer")
        if found := list(customers.filter(pk__in=kept)[:2]):
            return Found.DOCUMENT.value, found
    try:
        phone = contacts.phone(text)
    except contacts.NotAContact:
        pass
    else:
        if found := list(customers.filter(user__phone_index=phone.index)[:2]):
            return Found.PHONE.value, found
    if not BankAccount.objects.filter(number=plain).exists():
        return Found.ACCOUNT.value, []
    holders = Disposition.objects.filter(bank_account__number=plain).select_related("customer__user")
    owner_first = sorted(holders, key=lambda one: one.role != Disposition.Role.OWNER)
    return Found.ACCOUNT.value, [one.customer for one in owner_first]


def _one(candidates: Sequence[Customer], sighted: Sighted) -> tuple[Customer, bool]:
    """Pick whose document it is; who was verified by another bank is taken by the number alone. Raises as `begin`."""
    if not candidates:
        raise NotFound
    unknown: list[Customer] = []
    for customer in candidates:
        verified = identity.approved_one(customer)
        if verified is None:
            unknown.append(customer)
        elif _agrees(verified, sighted):
            return customer, True
    if not unknown:
        raise DocumentDiffers
    return unknown[0], False


def _agrees(verified: Verification, sighted: Sighted) -> bool:
    return verified.document_kind == sighted.kind and verified.number[-ENDING:].upper() == sighted.ending.upper()


def _may_serve(teller: User, customer: Customer, reason: str, now: datetime) -> None:
    if customer.standing != Customer.Standing.VERIFIED:
        raise NotServed
    if close_to.is_close(teller, [customer.pk]):
        raise OwnMatter
    if looking.covered(customer) and not looking.may_enter(customer=customer, staff=teller, emergency=None, now=now):
        try:
            looking.open_with_reason(customer=customer, staff=teller, reason=reason, now=now)
        except looking.ReasonMissing:
            raise AsksReason from None


def _stand(day: TillDay, customer: Customer, found_by: str, sighted: Sighted, compared: bool, now: datetime) -> Visit:
    Visit.objects.filter(day=day, ended_at__isnull=True).update(ended_at=now)
    try:
        with transaction.atomic():
            made = Visit.objects.create(
                day=day,
                customer=customer,
                found_by=found_by,
                document_kind=sighted.kind,
                document_ending=sighted.ending.upper(),
                compared=compared,
                began_at=now,
                ends_at=now + figures.visit_lasts(on=business_date(now)),
            )
    except IntegrityError:
        raise VisitOver from None
    audit.record(
        act="counter.customer_served",
        subject=customer,
        actor=day.teller,
        after={"found_by": found_by, "document": sighted.kind, "compared": compared, "visit": str(made.public_id)},
        now=now,
    )
    return made


def end(*, visit: Visit, now: datetime) -> None:
    """This function will let a customer leave the counter. A repeat changes nothing."""
    Visit.objects.filter(pk=visit.pk, ended_at__isnull=True).update(ended_at=now)


def still_here(visit: Visit, now: datetime) -> None:
    """This function will refuse what comes after a customer has left. Raises VisitOver."""
    if visit.ended_at is not None or now >= visit.ends_at:
        raise VisitOver


def of(teller: User, visit: Visit | None) -> Visit:
    """This function will refuse a visit at another's till. Raises Unknown."""
    if visit is None or visit.day.teller_id != teller.pk:
        raise Unknown
    return visit
