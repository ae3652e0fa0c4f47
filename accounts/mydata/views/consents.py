"""Consents: what I allowed, by purpose, with its history; given on a page of its own, taken back as easily."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from accounts.access.decorators import customer_required
from accounts.models import Customer
from accounts.mydata import consents
from accounts.mydata.forms import ConsentForm


@never_cache
@customer_required
@require_safe
def consents_page(request: HttpRequest) -> HttpResponse:
    """List every purpose and how it stands."""
    language = get_language() or "en"
    rows = [
        {"standing": one, "title": one.wording.title(language), "purpose": one.wording.purpose}
        for one in consents.standings(customer=_customer(request), now=timezone.now())
    ]
    return render(request, "mydata/consents.html", {"rows": rows})


@never_cache
@customer_required
@require_http_methods(["GET", "HEAD", "POST"])
def consent(request: HttpRequest, purpose: str) -> HttpResponse:
    """Read the words of one purpose, agree or take it back."""
    now, customer, language = timezone.now(), _customer(request), get_language() or "en"
    standing = next(
        (one for one in consents.standings(customer=customer, now=now) if one.wording.purpose == purpose), None
    )
    if standing is None:
        raise Http404
    wording = standing.wording
    form = ConsentForm(
        request.POST if request.method == "POST" and "withdraw" not in request.POST else None,
        initial={"version": wording.version},
    )
    if request.method == "POST" and "withdraw" in request.POST:
        if consents.withdraw(customer=customer, purpose=purpose, language=language, now=now):
            messages.success(request, _("Taken back. From now on we do not do this any more."))
        return HttpResponseRedirect(reverse("mydata_consents"))
    if request.method == "POST" and form.is_valid():
        if form.cleaned_data["version"] != wording.version:
            form.add_error(
                "agreed", _("The words have changed since you opened this page. Read them again, then agree.")
            )
        else:
            if consents.give(customer=customer, purpose=purpose, version=wording.version, language=language, now=now):
                messages.success(request, _("Noted. You can take this back at any time, on the same page."))
            return HttpResponseRedirect(reverse("mydata_consents"))
    return render(
        request,
        "mydata/consent.html",
        {
            "form": form,
            "standing": standing,
            "wording": wording,
            "title": wording.title(language),
            "text": wording.text(language),
            "history": consents.history(customer=customer, purpose=purpose),
        },
    )


def _customer(request: HttpRequest) -> Customer:
    customer: Customer = request.customer  # type: ignore[attr-defined]
    return customer
