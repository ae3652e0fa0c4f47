"""Corrections: what I change at once, what somebody looks at first, and how that went."""

import uuid

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.access.decorators import customer_required
from accounts.identity.figures import figures
from accounts.identity.forms import refusal_sentence
from accounts.identity.photos import PhotoRefused
from accounts.identity.uploads import photos_in_memory
from accounts.models import Customer
from accounts.mydata import correcting, queries
from accounts.mydata.forms import AddressForm, LegalNameForm, NicknameForm
from accounts.mydata.models import Correction
from accounts.numbers import grouped
from accounts.queries import accounts_of
from core.reviews import services as desk
from ledger.calendar import business_date

FORMS = {Correction.What.LEGAL_NAME.value: LegalNameForm, Correction.What.ADDRESS.value: AddressForm}


@never_cache
@customer_required
@require_safe
def corrections(request: HttpRequest) -> HttpResponse:
    """Show what can be changed and how, and the corrections asked for so far."""
    customer = _customer(request)
    asked = queries.corrections_of(customer)
    told = desk.told_each(correcting.SUBJECT, [str(row.public_id) for row in asked if row.reasons])
    rows = [{"row": row, "told": told.get(str(row.public_id), [])} for row in asked]
    accounts = [
        {"account": account, "number": grouped(account.number)}
        for account in accounts_of(customer)
        if account.is_owner and account.status == "open"
    ]
    return render(
        request,
        "mydata/corrections.html",
        {"rows": rows, "accounts": accounts, "verified": customer.standing == Customer.Standing.VERIFIED},
    )


@never_cache
@customer_required
@photos_in_memory
@require_http_methods(["GET", "HEAD", "POST"])
def correct(request: HttpRequest, what: str) -> HttpResponse:
    """Say what is wrong; somebody at the bank looks at it."""
    if what not in FORMS:
        raise Http404
    customer, now = _customer(request), timezone.now()
    form = FORMS[what](request.POST, request.FILES) if request.method == "POST" else FORMS[what]()
    if request.method == "POST" and form.is_valid():
        typed, sent = form.cleaned_data, form.cleaned_data["evidence"]
        upload = correcting.Upload(sent.read(), sent.name, sent.content_type or "") if sent else None
        try:
            correcting.ask(customer=customer, what=what, new=typed["new"], why=typed["why"], evidence=upload, now=now)
        except correcting.SameAsKept:
            form.add_error("new", _("Our record says exactly this already, so there is nothing to correct."))
        except correcting.AlreadyAsked:
            form.add_error(None, _("A correction of this is being looked at. Wait for the answer, or take it back."))
        except correcting.NotVerified:
            form.add_error(None, _("Your identity is not verified yet. Change this in your application instead."))
        except PhotoRefused as refusal:
            form.add_error("evidence", refusal_sentence(refusal.reason, figures=figures(business_date(now))))
        else:
            messages.success(request, _("Sent. We look at it and tell you; until then your record stays as it is."))
            return HttpResponseRedirect(reverse("mydata_corrections"))
    return render(
        request,
        "mydata/correct.html",
        {"form": form, "what": what, "label": Correction.What(what).label, "kept": correcting.kept(customer, what)},
    )


@never_cache
@customer_required
@require_POST
def take_back(request: HttpRequest, public_id: uuid.UUID) -> HttpResponse:
    """Take a correction back before it is decided."""
    try:
        if not correcting.take_back(customer=_customer(request), public_id=public_id, now=timezone.now()):
            raise Http404
    except correcting.Decided:
        messages.info(request, _("This was decided in the meantime. See below."))
    else:
        messages.success(request, _("Taken back. Your record stays as it is."))
    return HttpResponseRedirect(reverse("mydata_corrections"))


@never_cache
@customer_required
@require_http_methods(["GET", "HEAD", "POST"])
def nickname(request: HttpRequest, public_id: uuid.UUID) -> HttpResponse:
    """Give an account a name of one's own, at once."""
    customer = _customer(request)
    account = next(
        (one for one in accounts_of(customer) if one.public_id == public_id and one.is_owner and one.status == "open"),
        None,
    )
    if account is None:
        raise Http404
    form = NicknameForm(request.POST if request.method == "POST" else None, initial={"nickname": account.nickname})
    if request.method == "POST" and form.is_valid():
        correcting.rename_account(
            customer=customer, public_id=public_id, nickname=form.cleaned_data["nickname"], now=timezone.now()
        )
        messages.success(request, _("Changed."))
        return HttpResponseRedirect(reverse("mydata_corrections"))
    return render(request, "mydata/nickname.html", {"form": form, "number": grouped(account.number)})


def _customer(request: HttpRequest) -> Customer:
    customer: Customer = request.customer  # type: ignore[attr-defined]
    return customer
