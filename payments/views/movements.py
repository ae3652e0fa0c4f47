"""The receipt of any movement on an account: on screen, on paper, and what can be done about it."""

import uuid
from typing import cast

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from accounts import queries as holders
from accounts.access.decorators import customer_required
from accounts.models import Customer
from accounts.numbers import grouped
from accounts.queries import HeldAccount
from accounts.statements import kinds
from core.ui import signing
from payments import movements, references, typesetting
from payments.movements import Movement

LAST_LINE = 2**63 - 1


@never_cache
@customer_required
@require_safe
def movement(request: HttpRequest, account_id: uuid.UUID, number: int) -> HttpResponse:
    """What the books hold of one movement, and what the room that booked it adds."""
    customer, account, found = _found(request, account_id, number)
    told = movements.told(found, customer=customer)
    if told.instead and told.page:
        return HttpResponseRedirect(told.page)
    paper = movements.paper_of(found)
    return render(
        request,
        "payments/movement.html",
        {
            "account": account,
            "account_number": grouped(account.number),
            "movement": found,
            "told": told,
            "title": told.title or found.called,
            "kind": found.called,
            "channel": kinds.channel(found.channel),
            "notes": movements.notes(found.entry_id),
            "acts": movements.acts(customer=customer, movement=found),
            "code": references.grouped(paper.verification_code) if paper else "",
        },
    )


@customer_required
@require_POST
def issue(request: HttpRequest, account_id: uuid.UUID, number: int) -> HttpResponse:
    """Give the movement's paper its code, then lead to the paper."""
    customer, account, found = _found(request, account_id, number)
    movements.issue(customer=customer, account=account, movement=found, now=timezone.now())
    answer = reverse("movement_pdf", args=[account_id, number])
    return HttpResponseRedirect(f"{answer}?balance=yes" if request.POST.get("balance") else answer)


@never_cache
@customer_required
@require_safe
def pdf(request: HttpRequest, account_id: uuid.UUID, number: int) -> HttpResponse:
    """The movement on paper; without a code, which the button on its page gives it, there is none."""
    customer, _account, found = _found(request, account_id, number)
    paper = movements.paper_of(found)
    if paper is None:
        return HttpResponseRedirect(reverse("movement", args=[account_id, number]))
    now = timezone.now()
    made = typesetting.movement_pdf(
        found, paper=paper, customer=customer, balance=request.GET.get("balance") == "yes", now=now
    )
    signed = signing.signed(made, reason=f"#{found.entry_id}", now=now)
    answer = HttpResponse(signed, content_type="application/pdf")
    answer["Content-Disposition"] = f'attachment; filename="receipt-{found.entry_id}-{found.number}.pdf"'
    return answer


def _found(request: HttpRequest, account_id: uuid.UUID, number: int) -> tuple[Customer, HeldAccount, Movement]:
    customer = cast("Customer", request.customer)  # type: ignore[attr-defined]
    account = holders.account_of(customer, account_id)
    found = movements.movement_of(account.id, number) if account is not None and number <= LAST_LINE else None
    if account is None or found is None:
        raise Http404
    return customer, account, found
