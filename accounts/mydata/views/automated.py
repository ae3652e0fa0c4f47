"""What a machine decides about me, why, and asking for a person."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from accounts.access.decorators import customer_required
from accounts.models import Customer
from accounts.mydata import automated
from accounts.mydata.forms import PersonForm
from core.reviews import services as desk


@never_cache
@customer_required
@require_safe
def automated_page(request: HttpRequest) -> HttpResponse:
    """Show every decision a machine takes, which of them stand now, and how a person decided before."""
    customer = _customer(request)
    standing = automated.standing(customer=customer, now=timezone.now())
    wishes = automated.wishes_of(customer)
    waiting = {wish.decision: wish for wish in wishes if wish.state == automated.State.IN_REVIEW}
    told = desk.told_each(automated.SUBJECT, [str(wish.public_id) for wish in wishes if wish.reasons])
    context = {
        "decisions": [
            {"decision": one, "standing": standing.get(one.key), "waiting": waiting.get(one.key)}
            for one in automated.DECISIONS
        ],
        "prepared": automated.PREPARED,
        "wishes": [
            {"wish": wish, "title": automated.BY_KEY[wish.decision].title, "told": told.get(str(wish.public_id), [])}
            for wish in wishes
        ],
    }
    return render(request, "mydata/automated.html", context)


@never_cache
@customer_required
@require_http_methods(["GET", "HEAD", "POST"])
def person(request: HttpRequest, decision: str) -> HttpResponse:
    """Ask for a person about one decision that stands."""
    customer, now = _customer(request), timezone.now()
    if decision not in automated.BY_KEY:
        raise Http404
    found = automated.standing(customer=customer, now=now).get(decision)
    if found is None:
        messages.info(request, _("This does not stand against you now, so there is nothing to ask."))
        return HttpResponseRedirect(reverse("mydata_automated"))
    form = PersonForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            automated.ask(customer=customer, decision=decision, why=form.cleaned_data["why"], now=now)
        except automated.NotWanted:
            form.add_error("why", _("Write a sentence, so that the person knows what to look at"))
        else:
            messages.success(request, _("A person looks at it. You get a message with the answer."))
            return HttpResponseRedirect(reverse("mydata_automated"))
    context = {"form": form, "decision": automated.BY_KEY[decision], "standing": found}
    return render(request, "mydata/person.html", context)


def _customer(request: HttpRequest) -> Customer:
    found: Customer = request.customer  # type: ignore[attr-defined]
    return found
