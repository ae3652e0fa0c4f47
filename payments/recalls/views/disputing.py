"""Saying that a movement is not right, and following what becomes of it."""

import uuid
from datetime import datetime
from typing import cast

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts import queries as holders
from accounts.access.decorators import customer_required
from accounts.freezing import services as freezing
from accounts.freezing.pages import locked
from accounts.identity import intake
from accounts.identity.figures import figures as identity_figures
from accounts.identity.forms import refusal_sentence
from accounts.identity.photos import Photo, PhotoRefused
from accounts.identity.uploads import photos_in_memory
from accounts.models import Customer, User
from accounts.numbers import grouped
from core.reviews import services as desk
from ledger.calendar import business_date
from ledger.money import Money
from payments import movements
from payments.recalls import figures, queries
from payments.recalls.forms import DisputeForm
from payments.recalls.models import Dispute
from payments.recalls.refusals import AlreadyOpen, Refused, Settled, Unknown
from payments.recalls.services import disputing
from payments.recalls.words import DISPUTE_TONES

LAST_LINE = 2**63 - 1


@never_cache
@customer_required
@photos_in_memory
@require_http_methods(["GET", "HEAD", "POST"])
def fill_in(request: HttpRequest, account_id: uuid.UUID, number: int) -> HttpResponse:
    """What is not right, in the customer's words, with pictures where there are any."""
    customer, now = _customer(request), timezone.now()
    account = holders.account_of(customer, account_id)
    movement = movements.movement_of(account.id, number) if account is not None and number <= LAST_LINE else None
    if account is None or movement is None:
        raise Http404
    posted = request.method == "POST"
    form = DisputeForm(
        request.POST if posted else None,
        request.FILES if posted else None,
        movement=movement,
        pictures=figures.most_evidence(now),
        initial={"key": uuid.uuid4()},
    )
    if posted and form.is_valid():
        pictures = _pictures(form, now)
        if pictures is not None:
            try:
                made = disputing.begin(
                    customer=customer, account=account, movement=movement, key=form.cleaned_data["key"],
                    said=form.said(pictures), now=now,
                )  # fmt: skip
            except AlreadyOpen:
                there = queries.dispute_on(account.id, number)
                return HttpResponseRedirect(reverse("dispute", args=[there.public_id])) if there else _gone()
            except Unknown:
                raise Http404 from None
            except Refused as refusal:
                form.add_error(None, str(refusal))
            else:
                return _made(request, made, now)
    values = {"account": account, "movement": movement, "money": movement.money, "kind": movement.called}
    return render(request, "recalls/dispute_new.html", {**values, "form": form})


def _gone() -> HttpResponse:
    return HttpResponseRedirect(reverse("recalls"))


def _pictures(form: DisputeForm, now: datetime) -> list[Photo] | None:
    """The uploaded pictures through the gate, before any transaction; None when one of them is refused."""
    terms = identity_figures(business_date(now))
    taken = []
    for field in form.pictures:
        sent = form.cleaned_data.get(field.name)
        if not sent:
            continue
        try:
            taken.append(intake.take(sent.read(), name=sent.name, declared=sent.content_type or "", limits=terms.photo))
        except PhotoRefused as refusal:
            form.add_error(field.name, refusal_sentence(refusal.reason, figures=terms))
    return None if form.errors else taken


def _made(request: HttpRequest, made: Dispute, now: datetime) -> HttpResponse:
    """Lead to the dispute; or lock the customer's access first, when they asked for it."""
    if not made.froze:
        return HttpResponseRedirect(reverse("dispute", args=[made.public_id]))
    try:
        freezing.freeze_over_movement(user=cast("User", request.user), reference=made.reference, now=now)
    except (freezing.Used, freezing.UnknownPerson):  # the same form once more, after the access was opened again
        return HttpResponseRedirect(reverse("dispute", args=[made.public_id]))
    return locked(request)


@never_cache
@customer_required
@require_safe
def dispute(request: HttpRequest, dispute_id: uuid.UUID) -> HttpResponse:
    """Where a dispute stands: what was said, until when an answer is promised, and the answer."""
    found = queries.dispute_of(_customer(request), dispute_id)
    if found is None:
        raise Http404
    told = desk.told(disputing.SUBJECT, str(found.public_id)) if found.state == Dispute.State.DECLINED else []
    return render(
        request,
        "recalls/dispute.html",
        {
            "dispute": found,
            "tone": DISPUTE_TONES[found.state],
            "money": Money(found.amount, found.currency),
            "expected": Money(found.expected, found.currency) if found.expected is not None else None,
            "number": grouped(found.bank_account.number),
            "movement_url": reverse("movement", args=[found.bank_account.public_id, found.number]),
            "told": told,
            "pictures": len(queries.evidence_of(found)),
            "corrections": [
                {
                    "money": Money(amount, found.currency),
                    "url": reverse("movement", args=[found.bank_account.public_id, line]),
                }
                for line, amount, _narrative in queries.corrections_of(found)
            ],
            "late": found.state == Dispute.State.OPEN and found.promised_by < timezone.now(),
        },
    )


@customer_required
@require_POST
def withdraw(request: HttpRequest, dispute_id: uuid.UUID) -> HttpResponse:
    """Take a dispute back."""
    try:
        disputing.withdraw(customer=_customer(request), dispute_id=dispute_id, now=timezone.now())
    except Unknown:
        raise Http404 from None
    except Settled:
        messages.info(request, _("Colleagues have decided in the meantime. See below."))
    else:
        messages.success(request, _("Taken back. Nobody looks into it any more."))
    return HttpResponseRedirect(reverse("dispute", args=[dispute_id]))


def _customer(request: HttpRequest) -> Customer:
    customer = cast("Customer", request.customer)  # type: ignore[attr-defined]
    customer.user = request.user  # type: ignore[assignment]  # who is signed in, read already
    return customer
