"""The payee's side: somebody asks for money back; give it, with a code, or do not."""

import uuid
from datetime import datetime

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from accounts.access import stepup
from accounts.access.decorators import verified_customer_required
from accounts.access.panel import StepUpPanel
from accounts.models import Customer
from accounts.numbers import grouped
from ledger.money import Money
from payments import sentences
from payments.recalls import queries
from payments.recalls.models import Recall
from payments.recalls.refusals import CannotGive, Refused, Settled, Unknown
from payments.recalls.services import giving
from payments.recalls.states import State
from payments.recalls.words import TONES


@never_cache
@verified_customer_required
@require_http_methods(["GET", "HEAD", "POST"])
def asked(request: HttpRequest, recall_id: uuid.UUID) -> HttpResponse:
    """Who asks for which money back, and why; the code gives it."""
    customer, now = _customer(request), timezone.now()
    found = queries.asked_of(customer, recall_id)
    if found is None:
        raise Http404
    waits = found.state == State.ASKED and found.answer_by > now
    if not waits:
        return _over(request, found)
    panel, error = _panel(request, customer, found, now), ""
    if request.method == "POST" and panel.passed(now=now):
        try:
            back = giving.accept(
                customer=customer,
                recall_id=recall_id,
                challenge_id=panel.challenge_id,
                session=panel.session,
                now=now,
            )
        except Unknown:
            raise Http404 from None
        except stepup.Refused as refusal:
            panel.refuse(refusal, now=now)
        except Settled:
            messages.info(request, str(Settled()))
            return HttpResponseRedirect(reverse("recall_asked", args=[recall_id]))
        except CannotGive as refusal:
            error = str(refusal)
        else:
            return HttpResponseRedirect(reverse("receipt", args=[back.public_id]))
    return render(request, "recalls/asked.html", {**_values(found), "stepup": panel, "error": error})


def _over(request: HttpRequest, found: Recall) -> HttpResponse:
    if request.method == "POST" and found.back is not None:  # pressed once more: the first booking stands
        return HttpResponseRedirect(reverse("receipt", args=[found.back.public_id]))
    words = {
        State.RETURNED: _("You gave the money back."),
        State.REFUSED: _("You said no. No money has left your account."),
    }.get(State(found.state), _("The time for an answer is over. No money has left your account."))
    values = {
        **_values(found),
        "words": words,
        "tone": TONES[State(found.state)] if found.state == State.RETURNED else "info",
        "back_url": reverse("receipt", args=[found.back.public_id]) if found.back else "",
    }
    return render(request, "recalls/answered.html", values)


@verified_customer_required
@require_POST
def refuse(request: HttpRequest, recall_id: uuid.UUID) -> HttpResponse:
    """Say no."""
    try:
        giving.refuse(customer=_customer(request), recall_id=recall_id, now=timezone.now())
    except Unknown:
        raise Http404 from None
    except Refused as refusal:
        messages.info(request, str(refusal))
    return HttpResponseRedirect(reverse("recall_asked", args=[recall_id]))


def _panel(request: HttpRequest, customer: Customer, found: Recall, now: datetime) -> StepUpPanel:
    payload = giving.shown(found)
    words = _("Give %(amount)s back to %(payer)s, from the account %(number)s") % {
        "amount": sentences.money(found.amount, found.currency),
        "payer": payload["payee"],
        "number": grouped(str(payload["from"])),
    }
    proof = giving.proof(customer=customer, recall=found, now=now)
    return StepUpPanel(
        request,
        operation=giving.OPERATION,
        payload=stepup.bound(payload, proof),
        words=words,
        proof=proof,
        now=now,
    )


def _values(found: Recall) -> dict[str, object]:
    transfer = found.transfer
    assert transfer is not None  # noqa: S101 - `asked_of` finds no other
    return {
        "recall": found,
        "transfer": transfer,
        "money": Money(found.amount, found.currency),
        "number": grouped(transfer.destination.number),
        "receipt_url": reverse("receipt", args=[transfer.public_id]),
    }


def _customer(request: HttpRequest) -> Customer:
    customer: Customer = request.customer  # type: ignore[attr-defined]
    customer.user = request.user  # type: ignore[assignment]  # who is signed in, read already
    return customer
