"""What follows from facts. The relay calls each inside one transaction together with the mark "done"; every handler
looks at the state first, so a second call changes nothing.
"""

from datetime import datetime
from functools import partial

from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts import inbox, masks
from accounts.identity import checks, files, numbers, queries
from accounts.identity.figures import figures
from accounts.identity.models import Document, Verification
from accounts.identity.reasons import BY_CODE
from accounts.identity.services import SUBJECT
from accounts.models import Customer
from accounts.services import open_demand_account
from core import audit
from core.outbox import Fact
from core.reviews import services as desk

State = Verification.State
WORKER = "system: identity checks"
CURRENCY = "CNY"


def check(fact: Fact) -> None:
    """This handler will run the automatic checks of an application that was sent, and put it on the review desk."""
    now = timezone.now()
    with transaction.atomic():
        verification = _locked(fact.payload["verification"])
        if verification.state != State.SUBMITTED:
            return
        today, policy = timezone.localdate(now), figures(timezone.localdate(now))
        findings = checks.run(_application(verification), figures=policy, today=today)
        case = desk.open_case(
            subject=SUBJECT,
            subject_id=str(verification.public_id),
            title=verification.legal_name,
            opened_by=verification.customer.user,
            rule=policy.rule(checks.reasons_for_two(findings)),
            now=now,
        )
        for finding in findings:
            desk.record_check(
                case=case,
                name=finding.name,
                outcome=finding.outcome,
                evidence=finding.evidence,
                sentence=finding.sentence,
                now=now,
            )
        verification.state = State.IN_REVIEW
        verification.review_started_at = now
        verification.save(update_fields=["state", "review_started_at"])
        audit.record(
            act="identity.checked",
            subject=verification,
            actor=WORKER,
            before={"state": State.SUBMITTED.value},
            after={"state": verification.state, "checks": {f.name: f.outcome.value for f in findings}},
            now=now,
        )


def settle(fact: Fact) -> None:
    """This handler will carry out what the desk decided about an application, and tell the customer, once."""
    if fact.payload["subject"] != SUBJECT:
        return
    now = timezone.now()
    with transaction.atomic():
        verification = _locked(fact.payload["subject_id"])
        if verification.state != State.IN_REVIEW:
            return
        if fact.payload["verdict"] == "approve":
            _approve(verification, now)
        else:
            _decline(verification, fact.payload["reasons"], now)


def _approve(verification: Verification, now: datetime) -> None:
    customer = verification.customer
    before = {"state": verification.state, "standing": customer.standing}
    verification.state = State.APPROVED
    verification.decided_at = now
    verification.save(update_fields=["state", "decided_at"])
    customer.standing = Customer.Standing.VERIFIED
    customer.legal_name = verification.legal_name
    customer.name_is_generated = False
    customer.born_on = verification.born_on
    male = numbers.parse(verification.number).is_male
    customer.sex = Customer.Sex.MALE if male else Customer.Sex.FEMALE
    customer.verified_at = now
    customer.save(update_fields=["standing", "legal_name", "name_is_generated", "born_on", "sex", "verified_at"])
    account = open_demand_account(
        customer=customer, currency=CURRENCY, key=f"identity:{verification.public_id}", now=now
    )
    audit.record(
        act="identity.approved",
        subject=verification,
        actor=WORKER,
        before=before,
        after={"state": verification.state, "standing": customer.standing, "account": str(account.public_id)},
        now=now,
    )
    _tell(verification, "identity.approved", partial(_welcome, account.number), now)


def _decline(verification: Verification, reasons: list[str], now: datetime) -> None:
    verification.state = State.DECLINED
    verification.decided_at = now
    verification.decline_reasons = reasons
    verification.save(update_fields=["state", "decided_at", "decline_reasons"])
    audit.record(
        act="identity.declined",
        subject=verification,
        actor=WORKER,
        before={"state": State.IN_REVIEW.value},
        after={"state": verification.state, "reasons": reasons},
        now=now,
    )
    _tell(verification, "identity.declined", partial(_refusal, reasons), now)


def _welcome(number: str) -> tuple[str, str]:
    return (
        _("Your identity is verified and your account is open"),
        _("Your demand account ending in %(last)s is ready. You can now receive and send money.")
        % {"last": masks.tail(number)},
    )


def _refusal(reasons: list[str]) -> tuple[str, str]:
    lines = [f"{BY_CODE[code].tells} {BY_CODE[code].advice}" for code in reasons]
    return (
        _("We could not verify your identity yet"),
        "\n".join([*lines, _("What you typed is kept: correct what is named here and send it again.")]),
    )


def _tell(verification: Verification, event: str, text: "partial[tuple[str, str]]", now: datetime) -> None:
    user = verification.customer.user
    if user is None:  # brought over from another bank and not signed in: nobody reads messages
        return
    inbox.send(
        user=user,
        event=event,
        key=f"{event}:{verification.public_id}",
        text=text,
        link=reverse("identity_status"),
        now=now,
    )


def _locked(public_id: str) -> Verification:
    """Lock the customer, then the application."""
    customer_id = Verification.objects.values_list("customer_id", flat=True).get(public_id=public_id)
    customer = Customer.objects.select_for_update().get(pk=customer_id)
    verification = Verification.objects.select_for_update().get(public_id=public_id)
    verification.customer = customer
    return verification


def _application(verification: Verification) -> checks.Application:
    documents = queries.documents_of(verification)
    approved, sent = queries.same_number(verification)
    return checks.Application(
        number=verification.number,
        born_on=verification.born_on,
        expires_on=verification.expires_on,
        never_expires=verification.never_expires,
        same_number_approved=approved,
        same_number_sent=sent,
        photos={side: _jpeg(documents.get(side)) for side in Document.Side.values},
        photo_digests={side: document.digest for side, document in documents.items()},
    )


def _jpeg(document: Document | None) -> bytes | None:
    if document is None:
        return None
    try:
        return files.read(document.file)
    except files.FileGone:
        return None
