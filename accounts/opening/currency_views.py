"""Choose a currency, check, open."""

from typing import Any

from django.contrib import messages
from django.core.exceptions import SuspiciousOperation
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from accounts.access import stepup
from accounts.access.decorators import verified_customer_required
from accounts.access.panel import StepUpPanel
from accounts.classes import WhyNot
from accounts.models import Customer
from accounts.opening import currencies, services
from accounts.opening.forms import CurrencyForm, KeyForm
from accounts.opening.views import ASKED_ONCE as CLASS_ASKED_ONCE
from accounts.opening.views import EXPIRED

ASKED_ONCE = (*CLASS_ASKED_ONCE, "currency")
HAS_ONE = gettext_lazy("You have an account in this currency already. Nothing was opened.")
NO_YUAN = gettext_lazy(
    "An account in another currency needs an open class I account in yuan of your own. Nothing was opened."
)
NOT_OFFERED = gettext_lazy("Accounts in this currency are not opened online now. Nothing was opened.")


@never_cache
@verified_customer_required
@require_http_methods(["GET", "HEAD", "POST"])
def check(request: HttpRequest) -> HttpResponse:
    """The check page: the currency, what it costs, and the code."""
    customer: Customer = request.customer  # type: ignore[attr-defined]
    customer.user = request.user  # type: ignore[assignment]
    now = timezone.now()
    sent = request.POST if request.method == "POST" else request.GET
    if any(len(sent.getlist(name)) > 1 for name in ASKED_ONCE):
        raise SuspiciousOperation("a field was sent twice")
    form = CurrencyForm(sent, offers=currencies.offers(customer, now=now))
    if not form.is_valid():
        messages.warning(request, _("Choose a currency in which you have no account yet. Nothing was opened."))
        return HttpResponseRedirect(f"{reverse('account_open')}#currency")
    currency, key = form.cleaned_data["currency"], KeyForm.read(sent)
    panel = StepUpPanel(
        request,
        operation=services.OPERATION,
        payload=currencies.shown(currency=currency, key=key),
        words=_("Open a demand account in %(currency)s") % {"currency": currency},
        now=now,
    )
    error: Any = ""
    if request.method == "POST" and panel.passed(now=now):
        try:
            opened = currencies.open_online(
                customer=customer,
                currency=currency,
                key=key,
                challenge_id=panel.challenge_id,
                session=panel.session,
                now=now,
            )
        except stepup.Refused as refusal:
            panel.refuse(refusal, now=now)
        except services.CannotOpen as refusal:
            error = HAS_ONE if refusal.why is WhyNot.FULL else NO_YUAN
        except currencies.CurrencyNotOffered:
            error = NOT_OFFERED
        except services.IdentityExpired:
            error = EXPIRED
        else:
            messages.success(request, _("Your new account is open. Money can come in at once."))
            return HttpResponseRedirect(reverse("statement", args=[opened.public_id]))
    return render(
        request, "opening/check_currency.html", {"stepup": panel, "error": error, "currency": currency, "key": key}
    )
