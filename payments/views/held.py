"""A payment that is held, here or to another bank: where it stands, sending it, stopping it, locking the access."""

import uuid
from datetime import datetime
from typing import cast

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from accounts.access.decorators import customer_required, verified_customer_required
from accounts.access.panel import StepUpPanel
from accounts.freezing import services as freezing
from accounts.freezing.pages import locked
from accounts.models import User
from payments import sentences, ways
from payments.models import Holding
from payments.refusals import UnknownTransfer
from payments.services import holding
from payments.views.asking import answered


def page(request: HttpRequest, payment_id: uuid.UUID) -> HttpResponse:
    """This function will show its payer where a held payment stands, at its own address. Raises Http404."""
    shown, held = _found(request, payment_id)
    if held.state == Holding.State.RELEASED:
        raise Http404
    return render(
        request,
        "payments/held.html",
        {
            "shown": shown,
            "held": held,
            "waiting": held.state == Holding.State.HELD,
            "may_answer": holding.may_answer(held, now=timezone.now()),
            "stopped": held.ended_by == Holding.By.CUSTOMER,
        },
    )


@never_cache
@verified_customer_required
@require_http_methods(["GET", "HEAD", "POST"])
def confirm(request: HttpRequest, transfer_id: uuid.UUID) -> HttpResponse:
    """The page on which its payer says "it was me" with a code for this very transfer."""
    customer, now = request.customer, timezone.now()  # type: ignore[attr-defined]
    customer.user = request.user
    shown, held = _found(request, transfer_id)
    receipt = HttpResponseRedirect(shown.page)
    if not holding.may_answer(held, now=now):
        return receipt  # it says what became of it
    panel = _panel(request, shown, held, now)

    def act() -> HttpResponse:
        try:
            holding.answer(
                customer=customer,
                payment_id=transfer_id,
                challenge_id=panel.challenge_id,
                session=panel.session,
                now=now,
            )
        except (holding.AlreadyEnded, holding.NotAsked):  # the page it leads to says how it stands
            return receipt
        return receipt

    if request.method == "POST":
        return answered(request, panel, act, now=now)
    values = {"stepup": panel, "shown": shown, "held": held}
    return render(request, "payments/held_confirm.html", values)


@customer_required
@require_POST
def stop(request: HttpRequest, transfer_id: uuid.UUID) -> HttpResponse:
    """Give the money back at its payer's word. Once it has been sent, its receipt says so."""
    shown, _held = _found(request, transfer_id)
    if not _stop(request, transfer_id):
        said = _("It was sent before you stopped it. If it was not you who sent it, call us at once.")
        messages.warning(request, said)
    return HttpResponseRedirect(shown.page)


@never_cache
@customer_required
@require_POST
def lock(request: HttpRequest, transfer_id: uuid.UUID) -> HttpResponse:
    """Lock the access of a payer who says that somebody else made the payment; what is held is given back first."""
    shown, _held = _found(request, transfer_id)
    _stop(request, transfer_id)
    try:
        freezing.freeze_over_movement(user=cast("User", request.user), reference=shown.reference, now=timezone.now())
    except (freezing.Used, freezing.UnknownPerson):  # the same button once more, after the access was opened again
        return HttpResponseRedirect(shown.page)
    return locked(request)


def _stop(request: HttpRequest, transfer_id: uuid.UUID) -> bool:
    """Give back what is held, and say whether it has come back: False where it was sent before."""
    customer = request.customer  # type: ignore[attr-defined]
    customer.user = request.user
    try:
        holding.stop(customer=customer, payment_id=transfer_id, now=timezone.now())
    except UnknownTransfer:
        raise Http404 from None
    except holding.AlreadyEnded:
        return False
    return True


def _found(request: HttpRequest, payment_id: uuid.UUID) -> tuple[ways.Shown, Holding]:
    held = holding.of_payer(request.customer, payment_id)  # type: ignore[attr-defined]
    if held is None:
        raise Http404
    return ways.of(held.kind).shown(payment_id), held


def _panel(request: HttpRequest, shown: ways.Shown, held: Holding, now: datetime) -> StepUpPanel:
    figures = {
        "amount": sentences.money(shown.money.minor, shown.money.currency),
        "payee": shown.payee,
        "number": shown.number,
        "bank": shown.bank,
    }
    words = (
        _("It was me: send %(amount)s to %(payee)s at %(bank)s, account %(number)s")
        if shown.bank
        else _("It was me: send %(amount)s to %(payee)s, account %(number)s")
    )
    return StepUpPanel(
        request,
        operation=holding.OPERATION,
        payload=holding.approves(held),
        words=words % figures,
        proof=holding.proof_of(held, now=now),
        now=now,
    )
