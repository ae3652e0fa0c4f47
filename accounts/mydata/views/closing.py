"""The end of the relationship: the checklist, the question, the waiting time, the certificate."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.access import stepup
from accounts.access.panel import StepUpPanel
from accounts.models import Customer
from accounts.mydata import certifying, closing, queries
from accounts.mydata.decorators import present_or_former_customer_required
from accounts.mydata.models import Closing
from core.ui import signing
from ledger.calendar import business_date


@never_cache
@present_or_former_customer_required
@require_http_methods(["GET", "HEAD", "POST"])
def closing_page(request: HttpRequest) -> HttpResponse:
    """Show what must be settled first, ask for the end, or show where it stands."""
    now, customer = timezone.now(), _customer(request)
    held = queries.closing_of(customer)
    if held is not None and held.state in {Closing.State.WAITING, Closing.State.DONE}:
        return render(request, "mydata/closing_state.html", {"closing": held})
    against = closing.obstacles(customer=customer, now=now)
    panel = None
    if not against:
        panel = StepUpPanel(
            request,
            operation=closing.OPERATION,
            payload=closing.shown(customer),
            words=_("End my relationship with the bank and close all my accounts"),
            now=now,
        )
        if request.method == "POST" and panel.passed(now=now):
            try:
                closing.ask(customer=customer, challenge_id=panel.challenge_id, session=panel.session, now=now)
            except stepup.Refused as refusal:
                panel.refuse(refusal, now=now)
            except closing.NotYet as refusal:
                against, panel = list(refusal.obstacles), None
            else:
                return HttpResponseRedirect(reverse("mydata_closing"))
    due = business_date(closing.due_at(now=now))
    return render(
        request,
        "mydata/closing.html",
        {
            "against": against,
            "stepup": panel,
            "held": held,
            "due": due,
            "reads": closing.read_until(due),
            "keeps": closing.kept_until(due),
        },
    )


@never_cache
@present_or_former_customer_required
@require_POST
def closing_take_back(request: HttpRequest) -> HttpResponse:
    """Take a waiting end back."""
    try:
        closing.cancel(customer=_customer(request), now=timezone.now())
    except closing.NothingWaits:
        messages.info(request, _("There is nothing to take back: no end of the relationship waits."))
    else:
        messages.success(request, _("Taken back. Your accounts stay open and nothing has changed."))
    return HttpResponseRedirect(reverse("mydata_closing"))


@never_cache
@present_or_former_customer_required
@require_safe
def certificate(request: HttpRequest) -> HttpResponse:
    """Hand over the certificate of the end as a PDF; before the end lead to where it stands."""
    held = queries.closing_of(_customer(request))
    if held is None or held.state != Closing.State.DONE:
        return HttpResponseRedirect(reverse("mydata_closing"))
    held.customer = _customer(request)
    now = timezone.now()
    made = certifying.certificate(held, language=get_language() or "en", now=now)
    answer = HttpResponse(signing.signed(made, reason=str(held.public_id), now=now), content_type="application/pdf")
    answer["Content-Disposition"] = 'attachment; filename="certificate-of-closing.pdf"'
    return answer


def _customer(request: HttpRequest) -> Customer:
    customer: Customer = request.customer  # type: ignore[attr-defined]
    return customer
