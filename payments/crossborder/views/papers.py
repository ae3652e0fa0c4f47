"""The documents of a payment that waits to be confirmed: send, look at, remove."""

import uuid
from datetime import datetime

from django.core.files.uploadedfile import UploadedFile
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from accounts.access.decorators import customer_required, verified_customer_required
from accounts.identity.photos import PhotoRefused
from accounts.identity.uploads import photos_in_memory
from accounts.identity.views import photo_response
from accounts.models import Customer
from ledger.calendar import business_date
from payments.crossborder import figures, files, presenting, queries, sentences
from payments.crossborder.forms import PaperForm
from payments.crossborder.purposes import PURPOSES
from payments.crossborder.refusals import PaperRefused
from payments.crossborder.rendering import TooManyPages
from payments.crossborder.services import papers
from payments.crossborder.states import State
from payments.refusals import DraftVoid, UnknownTransfer


@verified_customer_required
@photos_in_memory
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def documents(request: HttpRequest, payment_id: uuid.UUID) -> HttpResponse:
    """What proves what the money is for: one document after the other."""
    customer, now = request.customer, timezone.now()  # type: ignore[attr-defined]
    payment = queries.payment_of(customer, payment_id)
    if payment is None:
        raise Http404
    if payment.state != State.DRAFT or payment.expires_at <= now:
        return HttpResponseRedirect(reverse("transfer_abroad_check", args=[payment_id]))
    limits = figures.papers(on=business_date(now))
    form = PaperForm(request.POST or None, request.FILES or None) if request.method == "POST" else PaperForm()
    if request.method == "POST":
        sent = request.FILES.get("document")
        if isinstance(sent, UploadedFile):
            if not (words := _keep(customer, payment_id, sent, limits, now)):
                return HttpResponseRedirect(reverse("transfer_abroad_papers", args=[payment_id]))
            form = PaperForm({})
            form.full_clean()
            form.errors.pop("document", None)
            form.add_error("document", words)
    return render(
        request,
        "crossborder/papers.html",
        {
            "form": form,
            "payment": payment,
            "price": presenting.priced(payment, today=business_date(now)),
            "papers": queries.papers_of(payment),
            "purpose": PURPOSES[payment.purpose],
            "limits": limits,
            "most_mb": limits.photo.most_bytes // 2**20,
            "change_url": f"{reverse('transfer_abroad')}?draft={payment.public_id}",
        },
    )


def _keep(
    customer: Customer, payment_id: uuid.UUID, sent: UploadedFile, limits: figures.PaperLimits, now: datetime
) -> str:
    """Keep one document; answer the sentence that says why it was not taken, or an empty one."""
    try:
        papers.add(
            customer=customer,
            payment_id=payment_id,
            data=sent.read(),
            name=sent.name or "",
            declared=sent.content_type or "",
            now=now,
        )
    except (PhotoRefused, TooManyPages, PaperRefused) as refusal:
        return sentences.of_paper(refusal, limits)
    except (UnknownTransfer, DraftVoid):
        raise Http404 from None
    return ""


@verified_customer_required
@require_POST
def remove(request: HttpRequest, payment_id: uuid.UUID, paper_id: uuid.UUID) -> HttpResponse:
    """Take a document off a payment that waits to be confirmed."""
    try:
        done = papers.remove(
            customer=request.customer,  # type: ignore[attr-defined]
            payment_id=payment_id,
            paper_id=paper_id,
            now=timezone.now(),
        )
    except (UnknownTransfer, DraftVoid):
        raise Http404 from None
    if not done:
        raise Http404
    return HttpResponseRedirect(reverse("transfer_abroad_papers", args=[payment_id]))


@customer_required
@never_cache
@require_GET
def page(request: HttpRequest, paper_id: uuid.UUID, number: int) -> HttpResponse:
    """A page of a document of one's own, as a picture."""
    found = queries.page_of(request.customer, paper_id, number)  # type: ignore[attr-defined]
    if found is None:
        raise Http404
    try:
        jpeg = files.read(found.file)
    except files.FileGone as error:
        raise Http404 from error
    return photo_response(jpeg, name=f"page-{number}.jpg")
