"""The customer's templates: kept, used, named, deleted."""

import uuid
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.access.decorators import verified_customer_required
from accounts.numbers import grouped
from ledger.money import Money
from payments.clearing.notices import bank_name
from payments.requests import queries, sentences
from payments.requests.forms import TemplateForm
from payments.requests.models import Template
from payments.requests.refusals import NothingToKeep, RequestRefused, UnknownTemplate
from payments.requests.services import templates


@never_cache
@verified_customer_required
@require_safe
def overview(request: HttpRequest) -> HttpResponse:
    """Every template, favourites first; a click fills in the form."""
    found = queries.templates_of(request.customer)  # type: ignore[attr-defined]
    return render(request, "requests/templates.html", {"templates": [_row(one) for one in found]})


def _row(one: Template) -> dict[str, Any]:
    form = "bank_transfer" if one.kind == Template.Kind.BANK else "transfer"
    number = one.bank_number if one.destination is None else one.destination.number
    return {
        "one": one,
        "money": Money(one.amount, one.currency),
        "use_url": f"{reverse(form)}?template={one.public_id}",
        "number": grouped(number),
        "bank": bank_name(one.bank_code) if one.bank_code else "",
    }


@never_cache
@verified_customer_required
@require_http_methods(["GET", "HEAD", "POST"])
def keep(request: HttpRequest) -> HttpResponse:
    """Give a transfer that was made a name to keep it by. Without one there is nothing to name: the list is shown."""
    of = _of(request)
    if of is None:
        return HttpResponseRedirect(reverse("templates"))
    form = TemplateForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            made = templates.keep(
                customer=request.customer,  # type: ignore[attr-defined]
                of=of,
                name=form.cleaned_data["name"],
                now=timezone.now(),
            )
        except NothingToKeep:
            raise Http404 from None
        except RequestRefused as refusal:
            field, words = sentences.of(refusal)
            form.add_error(field or None, words)
        else:
            if form.cleaned_data["favourite"]:
                _arrange(request, made, form.cleaned_data["name"], favourite=True)
            messages.success(request, _("The template is kept. It fills in the form; nothing moves by itself."))
            return HttpResponseRedirect(reverse("templates"))
    return render(request, "requests/template_new.html", {"form": form, "of": of})


def _of(request: HttpRequest) -> uuid.UUID | None:
    """Which transfer is to be kept; None where the address names none."""
    try:
        return uuid.UUID(request.POST.get("of") or request.GET.get("of", ""))
    except ValueError:
        return None


@never_cache
@verified_customer_required
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: HttpRequest, template_id: uuid.UUID) -> HttpResponse:
    """Another name, or another place in the list."""
    found = queries.template_of(request.customer, template_id)  # type: ignore[attr-defined]
    if found is None:
        raise Http404
    if request.method == "POST":
        form = TemplateForm(request.POST)
        if form.is_valid():
            done = form.cleaned_data
            try:
                _arrange(request, template_id, done["name"], favourite=done["favourite"])
            except UnknownTemplate:
                raise Http404 from None
            except RequestRefused as refusal:
                field, words = sentences.of(refusal)
                form.add_error(field or None, words)
            else:
                messages.success(request, _("Kept as you have changed it."))
                return HttpResponseRedirect(reverse("templates"))
    else:
        form = TemplateForm(initial={"name": found.name, "favourite": found.favourite})
    return render(request, "requests/template.html", {"form": form, **_row(found)})


def _arrange(request: HttpRequest, template_id: uuid.UUID, name: str, *, favourite: bool) -> None:
    templates.arrange(
        customer=request.customer,  # type: ignore[attr-defined]
        template_id=template_id,
        name=name,
        favourite=favourite,
        now=timezone.now(),
    )


@verified_customer_required
@require_POST
def drop(request: HttpRequest, template_id: uuid.UUID) -> HttpResponse:
    """Delete a template; what was paid by it stays."""
    if not templates.drop(customer=request.customer, template_id=template_id, now=timezone.now()):  # type: ignore[attr-defined]
        raise Http404
    messages.success(request, _("The template is deleted. What you have paid stays in your transactions."))
    return HttpResponseRedirect(reverse("templates"))
