"""What follows from facts. The relay calls each inside one transaction together with the mark "done"; every handler
looks at the state first, so a second call changes nothing.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial

from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from accounts import inbox, masks
from accounts.identity import checks, documents, files, lookalikes, queries, reading, screening, watchlist
from accounts.identity.figures import Figures, figures
from accounts.identity.models import Document, Verification
from accounts.identity.services import SUBJECT
from accounts.models import Customer
from accounts.services import open_demand_account
from core import audit
from core.outbox import Fact
from core.reviews import services as desk
from core.reviews.subject import Reason
from core.ui import formats

State = Verification.State
WORKER = "system: identity checks"
CURRENCY = "CNY"


def check(fact: Fact) -> None:
    """This handler will run the automatic checks of an application that was sent, and put it on the review desk."""
    now = fact.now
    sent = Verification.objects.get(public_id=fact.payload["verification"])
    if sent.state != State.SUBMITTED:
        return
    policy = figures(timezone.localdate(now))
    seen = _read(sent, policy)  # takes seconds, so it comes before anything is locked
    with transaction.atomic():
        verification = _locked(fact.payload["verification"])
        if verification.state != State.SUBMITTED:
            return
        today = timezone.localdate(now)
        application = _application(verification, seen, policy)
        findings = checks.run(application, figures=policy, today=today)
        rated = checks.rating(application, figures=policy)
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
        verification.risk, verification.risk_points = rated.level.value, rated.points
        verification.risk_reasons, verification.risk_rules = list(rated.reasons), rated.edition
        verification.save(
            update_fields=["state", "review_started_at", "risk", "risk_points", "risk_reasons", "risk_rules"]
        )
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
    now = fact.now
    with transaction.atomic():
        verification = _locked(fact.payload["subject_id"])
        if verification.state != State.IN_REVIEW:
            return
        if fact.payload["verdict"] == "approve":
            if verification.renews_id is None:
                _approve(verification, now)
            else:
                _renew(verification, now)
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
    male = _is_male(verification, timezone.localdate(now))
    if male is not None:
        customer.sex = Customer.Sex.MALE if male else Customer.Sex.FEMALE
    customer.verified_at = now
    customer.document_expires_on = verification.expires_on
    customer.save(
        update_fields=[
            "standing", "legal_name", "name_is_generated", "born_on", "sex", "verified_at", "document_expires_on",
        ]
    )  # fmt: skip
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


def _renew(verification: Verification, now: datetime) -> None:
    """Put the new document in the place of the old one, which stays on record; nothing else of the customer changes."""
    customer = verification.customer
    old = Verification.objects.select_for_update(of=("self",)).get(renewals=verification)
    before = {"state": verification.state, "expires_on": str(customer.document_expires_on or "")}
    old.state = State.REPLACED
    old.save(update_fields=["state"])
    verification.state, verification.decided_at = State.APPROVED, now
    verification.seal_address(old.address)  # it may have been corrected meanwhile, and a renewal does not ask for it
    verification.save(update_fields=["state", "decided_at", "address_sealed", "address_index"])
    customer.document_expires_on = verification.expires_on
    customer.save(update_fields=["document_expires_on"])
    audit.record(
        act="identity.renewed",
        subject=verification,
        actor=WORKER,
        before=before,
        after={
            "state": verification.state,
            "expires_on": str(verification.expires_on or ""),
            "replaces": str(old.public_id),
        },
        now=now,
    )
    _tell(verification, "identity.renewed", partial(_renewed, verification.expires_on), now)


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
    letter = _refusal if verification.renews_id is None else _renewal_refusal
    _tell(verification, "identity.declined", partial(letter, desk.told(SUBJECT, str(verification.public_id))), now)


def _welcome(number: str) -> tuple[str, str]:
    return (
        _("Your identity is verified and your account is open"),
        _("Your demand account ending in %(last)s is ready. You can now receive and send money.")
        % {"last": masks.tail(number)},
    )


def _refusal(reasons: list[Reason]) -> tuple[str, str]:
    lines = [f"{reason.tells} {reason.advice}".strip() for reason in reasons]
    return (
        _("We could not verify your identity yet"),
        "\n".join([*lines, _("What you typed is kept: correct what is named here and send it again.")]),
    )


def _renewed(expires_on: date | None) -> tuple[str, str]:
    if expires_on is None:
        return _("Your identity document is renewed"), _("It is long-term: there is nothing more to do.")
    return (
        _("Your identity document is renewed"),
        _("The new one is valid until %(day)s. We remind you in time before that.")
        % {"day": formats.day(expires_on, get_language())},
    )


def _renewal_refusal(reasons: list[Reason]) -> tuple[str, str]:
    lines = [f"{reason.tells} {reason.advice}".strip() for reason in reasons]
    return (
        _("We could not accept your new document yet"),
        "\n".join([*lines, _("Your verified identity stays as it is. Correct what is named here and send it again.")]),
    )


def _tell(verification: Verification, event: str, text: "partial[tuple[str, str]]", now: datetime) -> None:
    user = verification.customer.user
    if user is None:  # brought over from another bank and not signed in: nobody reads messages
        return
    inbox.send(
        user=user,
        event=event,
        key=f"{event}:{_case(verification)}",  # of the case, because a matter may be decided anew
        text=text,
        link=reverse("identity_status"),
        now=now,
    )


def _case(verification: Verification) -> str:
    case = desk.newest(SUBJECT, str(verification.public_id))
    return str(case.public_id) if case else str(verification.public_id)


def _locked(public_id: str) -> Verification:
    """Lock the customer, then the application."""
    customer_id = Verification.objects.values_list("customer_id", flat=True).get(public_id=public_id)
    customer = Customer.objects.select_for_update().get(pk=customer_id)
    verification = Verification.objects.select_for_update().get(public_id=public_id)
    verification.customer = customer
    return verification


def _is_male(verification: Verification, today: date) -> bool | None:
    """Read the sex from the number, or from a passport's machine-readable lines; None where neither says it."""
    if documents.KINDS[verification.document_kind].has_zone:
        zone = documents.zone_of(verification.zone, today=today)
        return zone.is_male if zone else None
    return documents.parse(verification.document_kind, verification.number).is_male


@dataclass(frozen=True)
class _Seen:
    """What the photos say; `failed` names why they could not be read."""

    verdicts: Sequence[reading.Verdict] | None
    failed: str = ""


def _read(verification: Verification, policy: Figures) -> _Seen:
    photos = queries.documents_of(verification)
    sides = [side for side in documents.KINDS[verification.document_kind].sides if side != Document.Side.SELFIE]
    jpegs = {side: jpeg for side in sides if (jpeg := _jpeg(photos.get(side))) is not None}
    if not jpegs:
        return _Seen(None, "photos")
    try:
        lines = reading.read(jpegs)
    except reading.CouldNotRead as error:
        return _Seen(None, str(error.args[0]))
    typed = reading.Typed(
        kind=verification.document_kind,
        name=verification.legal_name,
        number=verification.number,
        born_on=verification.born_on,
        expires_on=verification.expires_on,
    )
    return _Seen(reading.compare(typed, lines, least=policy.least_reading / 100))


def _application(verification: Verification, seen: _Seen, policy: Figures) -> checks.Application:
    photos = queries.documents_of(verification)
    old = verification.renews
    approved, sent = queries.same_number(verification)
    edition = watchlist.in_force()
    hits = None
    if edition is not None:
        hits = screening.screen(
            name=verification.legal_name,
            birth_year=verification.born_on.year if verification.born_on else None,
            entries=watchlist.entries_of(edition),
            least_score=policy.listed_from,
            years_apart=policy.years_apart,
        )
    return checks.Application(
        kind=verification.document_kind,
        name=verification.legal_name,
        zone=verification.zone,
        occupation=verification.occupation,
        income=verification.income,
        reading=seen.verdicts,
        reading_failed=seen.failed,
        look_alikes=lookalikes.describe(lookalikes.search(verification, least_score=policy.alike_from)),
        hits=hits,
        watch_list=edition.digest if edition else "",
        number=verification.number,
        born_on=verification.born_on,
        expires_on=verification.expires_on,
        never_expires=verification.never_expires,
        same_number_approved=approved,
        same_number_sent=sent,
        photos={side: _jpeg(photos.get(side)) for side in documents.KINDS[verification.document_kind].sides},
        photo_digests={side: photo.digest for side, photo in photos.items()},
        renews=_old(old) if old is not None else None,
    )


def _old(old: Verification) -> checks.Renewed:
    return checks.Renewed(
        kind=old.document_kind,
        name=old.legal_name,
        number=old.number,
        born_on=old.born_on,
        expires_on=old.expires_on,
        never_expires=old.never_expires,
        photo_digests=frozenset(photo.digest for photo in queries.documents_of(old).values()),
    )


def _jpeg(document: Document | None) -> bytes | None:
    if document is None:
        return None
    try:
        return files.read(document.file)
    except files.FileGone:
        return None
