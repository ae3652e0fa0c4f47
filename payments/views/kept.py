"""The page on which a customer keeps a payee who has their account elsewhere; each room says who that is."""

from collections.abc import Callable
from dataclasses import dataclass

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from payments.forms import EntryForm
from payments.kept import KeptPayee
from payments.services.payees import Entry

NAMES = ("group", "note", "favourite")


@dataclass(frozen=True, slots=True)
class Shown:
    """A payee as the page shows them; `rows` are labels and values under the name."""

    payee: KeptPayee
    name: str
    rows: list[tuple[str, str]]
    pay_url: str
    remove_url: str


def page(request: HttpRequest, shown: Shown, keep: Callable[[Entry], object]) -> HttpResponse:
    """Show how a payee is kept, and change it. The name alone is no word of the customer's own: it is kept as none."""
    payee = shown.payee
    initial = {"alias": payee.alias or shown.name} | {name: getattr(payee, name) for name in NAMES}
    form = EntryForm(request.POST if request.method == "POST" else None, initial=initial)
    if request.method == "POST" and form.is_valid():
        typed = form.cleaned_data
        alias = "" if typed["alias"] == shown.name else typed["alias"]
        keep(Entry(alias, **{name: typed[name] for name in NAMES}))
        messages.success(request, _("Your list is changed."))
        return HttpResponseRedirect(reverse("payees"))
    return render(request, "payments/kept.html", {"form": form, "shown": shown})
