"""Payees abroad: the country first, then what accounts there look like; and taking one off the list."""

import uuid

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from accounts.access.decorators import verified_customer_required
from ledger.calendar import business_date
from payments.crossborder import book, countries, figures, ibans, queries, sentences
from payments.crossborder.forms import CountryForm, PayeeForm
from payments.crossborder.refusals import PayeeRefused, UnknownPayee
from payments.crossborder.services import payees
from payments.services.payees import Entry
from payments.views import kept


@never_cache
@verified_customer_required
@require_http_methods(["GET", "HEAD", "POST"])
def country(request: HttpRequest) -> HttpResponse:
    """Where the payee's bank is."""
    form = CountryForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        where = form.cleaned_data["country"]
        if where in figures.countries_stopped(on=business_date(timezone.now())):
            form.add_error(
                "country",
                _("We send nothing to %(country)s. Ask us at a branch if you have questions.")
                % {"country": sentences.country(where)},
            )
        else:
            return HttpResponseRedirect(reverse("payee_abroad_add", args=[where]))
    return render(request, "crossborder/country.html", {"form": form})


@never_cache
@verified_customer_required
@require_http_methods(["GET", "HEAD", "POST"])
def add(request: HttpRequest, where: str) -> HttpResponse:
    """Who the payee is, and the account as accounts in that country are written."""
    now = timezone.now()
    if not countries.known(where) or where in figures.countries_stopped(on=business_date(now)):
        raise Http404
    if request.method == "POST":
        form = PayeeForm(request.POST, where=where)
        if form.is_valid():
            try:
                made = payees.add(
                    customer=request.customer,  # type: ignore[attr-defined]
                    key=form.cleaned_data["key"],
                    payee=form.payee(),
                    now=now,
                )
            except PayeeRefused as refusal:
                field, words = sentences.of_payee(refusal)
                form.add_error(field or None, words)
            else:
                messages.success(request, _("%(name)s is on your list.") % {"name": made.name})
                return HttpResponseRedirect(f"{reverse('transfer_abroad')}?to={made.public_id}")
    else:
        form = PayeeForm(initial={"key": uuid.uuid4(), "bank_country": where, "country": where}, where=where)
    return render(
        request,
        "crossborder/payee.html",
        {"form": form, "where": where, "country": sentences.country(where), "has_iban": ibans.uses_iban(where)},
    )


@never_cache
@verified_customer_required
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: HttpRequest, payee_id: uuid.UUID) -> HttpResponse:
    """One payee abroad: how it is kept in the list, off the list."""
    customer = request.customer  # type: ignore[attr-defined]
    found = queries.payee_of(customer, payee_id)
    if found is None:
        raise Http404
    line = book.line(found)
    bank = f"{found.bank_name} {found.bic}".strip()
    shown = kept.Shown(
        payee=found,
        name=found.name,
        rows=[
            (_("Account holder"), found.name), (_("Account number"), line.number), (_("Bank"), bank),
            (_("Country of the bank"), sentences.country(found.bank_country)),
        ],
        pay_url=line.pay_url,
        remove_url=reverse("payee_abroad_remove", args=[payee_id]),
    )  # fmt: skip

    def keep(entry: Entry) -> None:
        try:
            payees.arrange(customer=customer, payee_id=payee_id, entry=entry, now=timezone.now())
        except UnknownPayee:  # taken off the list in another tab, in this very moment
            raise Http404 from None

    return kept.page(request, shown, keep)


@verified_customer_required
@require_POST
def remove(request: HttpRequest, payee_id: uuid.UUID) -> HttpResponse:
    """Take a payee abroad off the list."""
    try:
        payees.remove(
            customer=request.customer,  # type: ignore[attr-defined]
            payee_id=payee_id,
            now=timezone.now(),
        )
    except UnknownPayee:
        raise Http404 from None
    messages.success(request, _("The payee is off your list. What you paid stays in your transactions."))
    return HttpResponseRedirect(reverse("payments_abroad"))
