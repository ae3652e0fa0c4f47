"""The pages of real-name verification: what it takes, the details, the photos, the check, where it stands."""

from typing import Any

from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.access.decorators import customer_required
from accounts.identity import documents, files, pages, photos, queries, services
from accounts.identity.answering import question_for
from accounts.identity.figures import Figures, figures
from accounts.identity.forms import ConsentForm, DetailsForm, KindForm, PhotosForm, initial_details, refusal_sentence
from accounts.identity.models import Document, Verification
from accounts.identity.uploads import photos_in_memory
from accounts.models import Customer

State = Verification.State


@customer_required
@never_cache
@require_GET
def start(request: HttpRequest) -> HttpResponse:
    customer = _customer(request)
    newest = queries.latest(customer)
    if customer.standing == Customer.Standing.VERIFIED or (
        newest and newest.state in {State.SUBMITTED, State.IN_REVIEW}
    ):
        return redirect("identity_status")
    draft = newest if newest and newest.state == State.DRAFT else None
    return render(
        request,
        "identity/start.html",
        {"draft": draft, "tasks": pages.tasks(draft) if draft else [], "hours": _figures().due_hours},
    )


@customer_required
@never_cache
@require_http_methods(["GET", "POST"])
def document(request: HttpRequest) -> HttpResponse:
    customer = _customer(request)
    newest = queries.latest(customer)
    if (elsewhere := _elsewhere(customer, newest)) is not None:
        return elsewhere
    if customer.standing == Customer.Standing.VERIFIED:
        return redirect("identity_renewal")
    form = KindForm(
        request.POST if request.method == "POST" else None,
        initial={"kind": newest.document_kind if newest else Verification.DocumentKind.RESIDENT_ID},
    )
    if request.method == "POST" and form.is_valid():
        services.choose_document(customer=customer, kind=form.cleaned_data["kind"], now=timezone.now())
        return redirect("identity_details")
    return render(request, "identity/document.html", {"form": form})


@customer_required
@never_cache
@require_http_methods(["GET", "POST"])
def details(request: HttpRequest) -> HttpResponse:
    customer, now = _customer(request), timezone.now()
    draft = queries.latest(customer)
    if (elsewhere := _elsewhere(customer, draft)) is not None:
        return elsewhere
    if customer.standing == Customer.Standing.VERIFIED:
        return redirect("identity_renewal_details")
    form = DetailsForm(
        request.POST if request.method == "POST" else None,
        initial=initial_details(draft),
        today=timezone.localdate(now),
        figures=_figures(),
        kind=draft.document_kind if draft else Verification.DocumentKind.RESIDENT_ID,
    )
    if request.method == "POST":
        complete = form.is_valid()
        services.save_details(customer=customer, details=form.details(), now=now)
        if complete:
            begun = services.begin(customer=customer, now=now)
            kept = queries.documents_of(begun)
            whole = set(documents.KINDS[begun.document_kind].sides) <= set(kept)
            return redirect("identity_check" if whole else "identity_photos")
    return render(request, "identity/details.html", {"form": form})


@customer_required
@photos_in_memory
@never_cache
@require_http_methods(["GET", "POST"])
def photo_page(request: HttpRequest) -> HttpResponse:
    customer, now = _customer(request), timezone.now()
    draft = queries.open_one(customer)
    if (elsewhere := _elsewhere(customer, draft)) is not None:
        return elsewhere
    if draft is None:
        return redirect("identity_details")
    errors: dict[str, str] = {}
    sides = documents.KINDS[draft.document_kind].sides
    if request.method == "POST":
        for side in sides:
            sent = request.FILES.get(side)
            if isinstance(sent, UploadedFile) and (sentence := _keep(customer, side, sent, now)):
                errors[side] = sentence
    kept = queries.documents_of(draft)
    form = PhotosForm({} if request.method == "POST" else None, kept=set(kept), kind=draft.document_kind)
    if request.method == "POST":
        form.is_valid()
        for side in sides:
            if side in errors:
                form.add_error(side, errors[side])
            elif side not in kept:
                form.add_error(side, _("Choose this photo"))
        if not form.errors:
            return redirect("identity_check")
    return render(
        request,
        "identity/photos.html",
        {
            "form": form,
            "kept": pages.photos(kept),
            "most_mb": _figures().photo.most_bytes // 2**20,
            "renewal": draft.renews_id is not None,
        },
    )


@customer_required
@never_cache
@require_http_methods(["GET", "POST"])
def check(request: HttpRequest) -> HttpResponse:
    customer, now = _customer(request), timezone.now()
    draft = queries.open_one(customer)
    if (elsewhere := _elsewhere(customer, draft)) is not None:
        return elsewhere
    if draft is None:
        return redirect("identity_details")
    documents = queries.documents_of(draft)
    if missing := services.missing_in(draft, documents):
        return redirect(_details_page(draft) if missing[0] not in Document.Side.values else "identity_photos")
    form = ConsentForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        services.submit(customer=customer, consented=True, now=now)
        messages.success(request, _("Your application is on its way."))
        return redirect("identity_status")
    return render(
        request,
        "identity/check.html",
        {
            "form": form,
            "answers": pages.answers(draft),
            "photos": pages.photos(documents),
            "renewal": draft.renews_id is not None,
        },
    )


@customer_required
@never_cache
@require_GET
def status(request: HttpRequest) -> HttpResponse:
    customer = _customer(request)
    verification = queries.latest_sent(customer)
    if verification is None:
        if customer.standing == Customer.Standing.VERIFIED:
            return render(request, "identity/status.html", {"verification": None})
        return redirect("identity")
    newest = queries.latest(customer)
    return render(
        request,
        "identity/status.html",
        {
            "verification": verification,
            "steps": pages.timeline(verification),
            "question": question_for(customer),
            "reasons": pages.reasons(verification),
            "may_take_back": verification.state in {State.SUBMITTED, State.IN_REVIEW},
            "may_try_again": customer.standing == Customer.Standing.NEW
            and verification.state in {State.DECLINED, State.WITHDRAWN},
            "has_draft": newest is not None and newest.state == State.DRAFT,
            "renewal": verification.renews_id is not None,
            "verified": customer.standing == Customer.Standing.VERIFIED,
            "waits": verification.state in {State.SUBMITTED, State.IN_REVIEW},
        },
    )


@customer_required
@require_POST
def take_back(request: HttpRequest) -> HttpResponse:
    try:
        draft = services.take_back(customer=_customer(request), now=timezone.now())
    except (services.TooLate, services.AlreadyVerified):
        messages.info(request, _("Your application has just been decided, so it could not be taken back."))
        return redirect("identity_status")
    messages.success(request, _("You have taken your application back. Correct what you like and send it again."))
    return redirect(_details_page(draft))


@customer_required
@require_GET
def photo(request: HttpRequest, side: str) -> HttpResponse:
    document = queries.document_of(_customer(request), side)
    if document is None:
        raise Http404
    try:
        jpeg = files.read(document.file)
    except files.FileGone as error:
        raise Http404 from error
    return photo_response(jpeg, name=f"{side}.jpg")


def photo_response(jpeg: bytes, *, name: str) -> HttpResponse:
    """This function will answer with a photo that a page may show and that is nothing but a picture anywhere else."""
    return HttpResponse(
        jpeg,
        content_type="image/jpeg",
        headers={
            "Content-Disposition": f'attachment; filename="{name}"',
            "Cache-Control": "no-store, private",
            "X-Content-Type-Options": "nosniff",
            "Content-Security-Policy": "default-src 'none'; sandbox",
            "Cross-Origin-Resource-Policy": "same-origin",
        },
    )


def _customer(request: HttpRequest) -> Customer:
    customer: Customer = request.customer  # type: ignore[attr-defined]
    return customer


def _figures() -> Figures:
    return figures(timezone.localdate())


def _elsewhere(customer: Customer, newest: Verification | None) -> HttpResponseRedirect | None:
    """Lead somebody who has nothing to fill in to where their application stands."""
    waits = newest is not None and newest.state in {State.SUBMITTED, State.IN_REVIEW}
    renewing = newest is not None and newest.renews_id is not None
    verified = customer.standing == Customer.Standing.VERIFIED and not renewing
    return redirect("identity_status") if waits or verified else None


def _details_page(draft: Verification | None) -> str:
    return "identity_renewal_details" if draft is not None and draft.renews_id is not None else "identity_details"


def _keep(customer: Customer, side: str, sent: UploadedFile, now: Any) -> str:
    """Keep one photo; answer the sentence that says why it was not taken, or an empty one."""
    try:
        services.save_photo(
            customer=customer,
            side=side,
            data=sent.read(),
            name=sent.name or "",
            declared=sent.content_type or "",
            now=now,
        )
    except photos.PhotoRefused as error:
        return refusal_sentence(error.reason, figures=_figures())
    except services.TooManyPhotos:
        return _("You have sent many photos today. Call us, and we will help you finish")
    return ""
