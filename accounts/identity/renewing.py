"""A verified customer shows a new document: which one, what changed on it, then photos and check as at first."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from accounts.access.decorators import verified_customer_required
from accounts.identity import documents, pages, queries, services
from accounts.identity.figures import figures
from accounts.identity.forms import KindForm, RenewalForm, initial_details
from accounts.identity.models import Verification
from accounts.models import Customer
from ledger.calendar import business_date

State = Verification.State


@verified_customer_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def start(request: HttpRequest) -> HttpResponse:
    """What there is now, and which document takes its place."""
    customer, now = _customer(request), timezone.now()
    verified, standing = queries.approved_one(customer), queries.open_one(customer)
    if standing is not None and standing.state != State.DRAFT:
        return redirect("identity_status")
    kind = (standing or verified).document_kind if verified else Verification.DocumentKind.RESIDENT_ID
    form = KindForm(request.POST if request.method == "POST" else None, initial={"kind": kind})
    if request.method == "POST" and form.is_valid():
        try:
            services.renew(customer=customer, kind=form.cleaned_data["kind"], now=now)
        except (services.NothingToRenew, services.NothingToChange):
            return redirect("identity_status")
        return redirect("identity_renewal_details")
    today = business_date(now)
    return render(
        request,
        "identity/renewal.html",
        {
            "form": form,
            "verified": verified,
            "now_valid": pages.document_now(verified) if verified else [],
            "standing": queries.standing_of(customer.document_expires_on, today=today),
            "begun": standing is not None,
            "hours": figures(timezone.localdate(now)).due_hours,
        },
    )


@verified_customer_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def details(request: HttpRequest) -> HttpResponse:
    """What stands on the new document and not on the old one."""
    customer, now = _customer(request), timezone.now()
    draft = queries.open_one(customer)
    if draft is None or draft.renews_id is None:
        return redirect("identity_renewal")
    if draft.state != State.DRAFT:
        return redirect("identity_status")
    today = timezone.localdate(now)
    form = RenewalForm(
        request.POST if request.method == "POST" else None,
        initial=initial_details(draft),
        today=today,
        figures=figures(today),
        kind=draft.document_kind,
        verified_birth=draft.born_on,
        asks_number=not services.keeps_number(draft),
    )
    if request.method == "POST":
        complete = form.is_valid()
        services.save_details(customer=customer, details=form.details(), now=now)
        if complete:
            whole = set(documents.KINDS[draft.document_kind].sides) <= set(queries.documents_of(draft))
            return redirect("identity_check" if whole else "identity_photos")
    return render(request, "identity/renewal_details.html", {"form": form, "kept": pages.unchanged(draft)})


def _customer(request: HttpRequest) -> Customer:
    customer: Customer = request.customer  # type: ignore[attr-defined]
    return customer
