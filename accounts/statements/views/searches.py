"""Searches of transactions under a name: keep, use, rename, delete."""

import uuid

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts import queries as holders
from accounts.access.decorators import customer_required
from accounts.statements import filters, searches
from accounts.statements.forms import SearchNameForm
from accounts.statements.views.movements import account_of_reader, address_with, reader
from ledger.calendar import business_date


@never_cache
@customer_required
@require_safe
def saved(request: HttpRequest) -> HttpResponse:
    """This view will list the searches a customer keeps, each with the accounts to use it on."""
    customer = reader(request)
    return render(
        request,
        "statements/searches.html",
        {"searches": searches.of(customer), "accounts": holders.accounts_of(customer)},
    )


@never_cache
@customer_required
@require_http_methods(["GET", "HEAD", "POST"])
def save(request: HttpRequest, public_id: uuid.UUID) -> HttpResponse:
    """This view will ask for the name of a search and keep it. The search itself stands in the address."""
    account, now = account_of_reader(request, public_id), timezone.now()
    reading = filters.read(request.GET, currency=account.currency, today=business_date(now))
    back = address_with(reverse("statement", args=[public_id]), reading.query)
    if reading.errors or not reading.query:
        return redirect(back)
    form = SearchNameForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            kept = searches.save(customer=reader(request), name=form.cleaned_data["name"], query=reading.typed, now=now)
        except searches.NameTaken:
            form.add_error("name", _taken())
        except searches.TooMany as full:
            form.add_error(None, _full(full.most))
        else:
            messages.success(request, _("Search kept: %(name)s") % {"name": kept.name})
            return HttpResponseRedirect(back)
    return render(
        request,
        "statements/search_save.html",
        {"form": form, "described": filters.described(reading.typed), "back": back},
    )


@never_cache
@customer_required
@require_http_methods(["GET", "HEAD", "POST"])
def rename(request: HttpRequest, public_id: uuid.UUID) -> HttpResponse:
    """This view will give a search another name."""
    customer = reader(request)
    found = searches.one_of(customer, public_id)
    if found is None:
        raise Http404
    form = SearchNameForm(request.POST if request.method == "POST" else None, initial={"name": found.name})
    if request.method == "POST" and form.is_valid():
        try:
            name = form.cleaned_data["name"]
            if not searches.rename(customer=customer, public_id=public_id, name=name, now=timezone.now()):
                raise Http404
        except searches.NameTaken:
            form.add_error("name", _taken())
        else:
            return HttpResponseRedirect(reverse("saved_searches"))
    return render(request, "statements/search_rename.html", {"form": form, "search": found})


@never_cache
@customer_required
@require_POST
def delete(request: HttpRequest, public_id: uuid.UUID) -> HttpResponse:
    """This view will delete a search."""
    if not searches.delete(customer=reader(request), public_id=public_id, now=timezone.now()):
        raise Http404
    messages.success(request, _("Search deleted. Your transactions are as they were."))
    return HttpResponseRedirect(reverse("saved_searches"))


def _taken() -> str:
    return _("You already keep a search of this name. Choose another name, or delete that one first.")


def _full(most: int) -> str:
    return ngettext(
        "You keep %(most)d search, and more is not possible. Delete it first.",
        "You keep %(most)d searches, and more is not possible. Delete one that you no longer use.",
        most,
    ) % {"most": most}
