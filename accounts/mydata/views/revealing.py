"""Reading what is covered, for staff who must: with a reason, which goes on record."""

import uuid

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from accounts.access.decorators import staff_required
from accounts.mydata import disclosure, queries
from accounts.mydata.forms import RevealForm


@never_cache
@staff_required(*disclosure.MAY)
@require_http_methods(["GET", "HEAD", "POST"])
def reveal(request: HttpRequest, public_id: uuid.UUID) -> HttpResponse:
    """Ask why, then show one value once. A reload asks again."""
    customer = queries.customer_by_id(public_id)
    if customer is None:
        raise Http404
    form = RevealForm(request.POST if request.method == "POST" else None)
    value = what = ""
    if request.method == "POST" and form.is_valid():
        typed = form.cleaned_data
        try:
            value = disclosure.reveal(
                customer=customer,
                staff=request.user,  # type: ignore[arg-type]
                what=typed["what"],
                why=typed["why"],
                reason=typed["reason"],
                now=timezone.now(),
            )
            what = dict(form.fields["what"].choices)[typed["what"]]  # type: ignore[attr-defined]
        except disclosure.NotAllowed as error:
            raise Http404 from error
        except disclosure.ReasonMissing:
            form.add_error("reason", _("Say why you have to read this, in at least ten characters"))
        except disclosure.NothingKept:
            form.add_error("what", _("We do not keep this of the customer. Nothing was noted."))
    return render(
        request,
        "mydata/reveal.html",
        {
            "form": form,
            "customer": customer,
            "value": value,
            "what": what,
            "record": reverse("admin:accounts_customer_change", args=[customer.pk]),
        },
    )
