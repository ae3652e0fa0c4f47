"""What staff may do about a customer's access: end every session, at once. They never see or set a password."""

import uuid

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from accounts.access import queries, services
from accounts.access.decorators import staff_required
from accounts.access.forms.devices import EndSessionsForm
from accounts.models import User
from accounts.roles import Role

MAY = (Role.REVIEWER, Role.APPROVER)


@never_cache
@staff_required(*MAY)
@require_http_methods(["GET", "HEAD", "POST"])
def end_sessions(request: HttpRequest, public_id: uuid.UUID) -> HttpResponse:
    """Ask why, then sign a customer out everywhere. Nobody does this to themselves here."""
    customer = queries.customer_who_signs_in(public_id)
    if customer is None or not isinstance(request.user, User) or customer.user_id == request.user.pk:
        raise Http404
    record = reverse("admin:accounts_customer_change", args=[customer.pk])
    form = EndSessionsForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        ended = services.end_for_customer(
            user=customer.user,  # type: ignore[arg-type]  # asked for above
            staff=request.user,
            reason=form.cleaned_data["reason"],
            now=timezone.now(),
        )
        messages.success(
            request,
            ngettext("%(count)s session was ended.", "%(count)s sessions were ended.", ended) % {"count": ended}
            if ended
            else _("Nobody was signed in as this customer. Nothing was changed, and nobody was told."),
        )
        return HttpResponseRedirect(record)
    return render(request, "access/end_sessions.html", {"form": form, "customer": customer, "record": record})
