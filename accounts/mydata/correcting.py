"""Correcting what the bank keeps: at once where nobody has to look, on the review desk where somebody has.

    in_review -> done       people approved; the record is changed by `settle`
    in_review -> declined   people declined, with reasons the customer reads
    in_review -> withdrawn  the customer took it back

What was there before stays with the correction (sealed), so the history says who was called what, and since when.
"""

import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.db import transaction
from django.urls import reverse
from django.utils.translation import gettext as _

from accounts import inbox
from accounts.identity import intake
from accounts.identity.figures import APPROVER, REVIEWER, figures
from accounts.identity.models import Verification
from accounts.models import BankAccount, Customer, Disposition
from accounts.mydata import files
from accounts.mydata.models import Correction
from core import audit, policy
from core.outbox import Fact
from core.reviews import services as desk
from core.reviews.errors import Closed
from core.reviews.rules import Rule
from ledger.calendar import business_date

SUBJECT: Final = "correction"
WORKER: Final = "system: corrections"
What, State = Correction.What, Correction.State


class CorrectionRefused(Exception):
    """Nothing was asked for and nothing has changed."""


class NotVerified(CorrectionRefused):
    """The customer is not verified: what they declared is changed in the application itself."""


class SameAsKept(CorrectionRefused):
    """The record says that already."""


class AlreadyAsked(CorrectionRefused):
    """A correction of the same thing is being decided."""


class Decided(CorrectionRefused):
    """The correction cannot be taken back: it was decided."""


@dataclass(frozen=True, slots=True)
class Upload:
    """A photo as it was sent."""

    data: bytes
    name: str
    declared: str


def kept(customer: Customer, what: str) -> str:
    """This function will give what the record says now; empty where it says nothing."""
    if what == What.LEGAL_NAME:
        return customer.legal_name
    verification = _verified(customer)
    return verification.address if verification else ""


def ask(
    *, customer: Customer, what: str, new: str, why: str, evidence: Upload | None = None, now: datetime
) -> Correction:
    """This function will put a correction on the review desk.

    Starts a transaction and locks the customer. Raises NotVerified, SameAsKept, AlreadyAsked, photos.PhotoRefused.
    """
    new, why = new.strip(), why.strip()
    jpeg = _clean(evidence, now) if evidence else None
    name = files.write(jpeg) if jpeg else ""
    asked = None
    try:
        asked = _ask(customer, what, new, why, name, now)
    finally:
        if asked is None and name:
            files.remove(name)
    return asked


def _ask(customer: Customer, what: str, new: str, why: str, evidence: str, now: datetime) -> Correction:
    with transaction.atomic(durable=True):
        Customer.objects.select_for_update(of=("self",)).get(pk=customer.pk)
        locked = Customer.objects.select_related("user").get(pk=customer.pk)
        if locked.standing != Customer.Standing.VERIFIED:
            raise NotVerified
        old = kept(locked, what)
        if new == old:
            raise SameAsKept
        if Correction.objects.filter(customer=locked, what=what, state=State.IN_REVIEW).exists():
            raise AlreadyAsked
        correction = Correction(customer=locked, what=what, why=why, evidence=evidence, asked_at=now)
        correction.seal(old=old, new=new)
        correction.save(force_insert=True)
        desk.open_case(
            subject=SUBJECT,
            subject_id=str(correction.public_id),
            title=locked.legal_name,
            opened_by=locked.user,
            rule=_rule(what, now),
            now=now,
        )
        audit.record(act="mydata.correction_asked", subject=correction, after={"what": what}, now=now)
    return correction


def take_back(*, customer: Customer, public_id: uuid.UUID, now: datetime) -> bool:
    """This function will take a correction back; False when the customer has none of this id. Raises Decided."""
    with transaction.atomic(durable=True):
        correction = Correction.objects.select_for_update().filter(customer=customer, public_id=public_id).first()
        if correction is None:
            return False
        if correction.state == State.WITHDRAWN:
            return True
        try:
            desk.withdraw(subject=SUBJECT, subject_id=str(public_id), actor=customer.user, now=now)
        except Closed as error:
            raise Decided from error
        if correction.state != State.IN_REVIEW:
            raise Decided
        correction.state, correction.decided_at = State.WITHDRAWN, now
        correction.save(update_fields=["state", "decided_at"])
        audit.record(act="mydata.correction_taken_back", subject=correction, now=now)
    return True


def settle(*, fact: Fact, now: datetime) -> None:
    """This function will carry out what the desk decided about a correction, and tell the customer, once."""
    if fact.payload["subject"] != SUBJECT:
        return
    with transaction.atomic():
        customer_id = Correction.objects.values_list("customer_id", flat=True).get(public_id=fact.payload["subject_id"])
        Customer.objects.select_for_update(of=("self",)).get(pk=customer_id)
        correction = Correction.objects.select_for_update().get(public_id=fact.payload["subject_id"])
        if correction.state != State.IN_REVIEW:
            return
        correction.customer = Customer.objects.select_related("user").get(pk=customer_id)
        approved = fact.payload["verdict"] == "approve"
        if approved:
            _apply(correction)
        correction.state = State.DONE if approved else State.DECLINED
        correction.reasons = [] if approved else list(fact.payload["reasons"])
        correction.decided_at = now
        correction.save(update_fields=["state", "reasons", "decided_at"])
        audit.record(
            act="mydata.corrected" if approved else "mydata.correction_declined",
            subject=correction,
            actor=WORKER,
            after={"what": correction.what, "reasons": correction.reasons},
            now=now,
        )
        _tell(correction, now)


def reopen(*, public_id: str) -> bool:
    """This function will put a declined correction back before the desk, and say whether it did.

    Needs an open transaction and locks the correction. Not while the customer has asked for another one of the same.
    """
    correction = Correction.objects.select_for_update().get(public_id=public_id)
    waits = Correction.objects.filter(customer=correction.customer_id, what=correction.what, state=State.IN_REVIEW)
    if correction.state != State.DECLINED or waits.exists():
        return False
    correction.state, correction.decided_at, correction.reasons = State.IN_REVIEW, None, []
    correction.save(update_fields=["state", "decided_at", "reasons"])
    return True


def _apply(correction: Correction) -> None:
    customer = correction.customer
    if correction.what == What.LEGAL_NAME:
        customer.legal_name, customer.name_is_generated = correction.new, False
        customer.save(update_fields=["legal_name", "name_is_generated"])
    elif (verification := _verified(customer)) is not None:
        verification.seal_address(correction.new)
        verification.save(update_fields=["address_sealed"])


def rename_account(*, customer: Customer, public_id: uuid.UUID, nickname: str, now: datetime) -> bool:
    """This function will give an account the name its owner likes, at once; False when it is not theirs."""
    with transaction.atomic():
        account = (
            BankAccount.objects.select_for_update(of=("self",))
            .filter(public_id=public_id, dispositions__customer=customer, dispositions__role=Disposition.Role.OWNER)
            .first()
        )
        if account is None:
            return False
        if account.nickname != nickname:
            before, account.nickname = account.nickname, nickname
            account.save(update_fields=["nickname"])
            audit.record(
                act="accounts.renamed",
                subject=account,
                before={"nickname": before},
                after={"nickname": nickname},
                now=now,
            )
    return True


def _tell(correction: Correction, now: datetime) -> None:
    user = correction.customer.user
    if user is None:
        return
    done = correction.state == State.DONE
    told = [] if done else desk.told(SUBJECT, str(correction.public_id))
    case = desk.newest(SUBJECT, str(correction.public_id))

    def text() -> tuple[str, str]:
        what = {"what": correction.get_what_display()}
        if done:
            return _("Corrected: %(what)s") % what, _("Your record now says what you told us.")
        lines = [f"{reason.tells} {reason.advice}".strip() for reason in told]
        return _("Not corrected: %(what)s") % what, "\n".join([*lines, _("Your record stays as it was.")])

    inbox.send(
        user=user,
        event="mydata.correction",
        key=f"mydata.correction:{case.public_id if case else correction.public_id}",  # it may be decided anew
        text=text,
        link=reverse("mydata_corrections"),
        now=now,
    )


def _verified(customer: Customer) -> Verification | None:
    return Verification.objects.filter(customer=customer, state=Verification.State.APPROVED).order_by("-id").first()


def _rule(what: str, now: datetime) -> Rule:
    """A legal name takes two people: money is paid out by it."""
    today = business_date(now)
    first: tuple[tuple[str, ...], ...] = ((REVIEWER, APPROVER),)
    return Rule(
        steps=(*first, (APPROVER,)) if what == What.LEGAL_NAME else first,
        hours=int(policy.value("mydata.correction_due_hours", on=today)),
        claim_minutes=int(policy.value("mydata.correction_claim_minutes", on=today)),
        why=("legal_name",) if what == What.LEGAL_NAME else (),
    )


def _clean(evidence: Upload, now: datetime) -> bytes:
    limits = figures(business_date(now)).photo
    return intake.take(evidence.data, name=evidence.name, declared=evidence.declared, limits=limits).jpeg
