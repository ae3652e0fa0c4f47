"""Two things that hold wherever staff go: what an emergency lends is flagged and ends, and covered records ask why."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any, cast
from urllib.parse import urlencode

from django.apps import apps
from django.contrib import messages
from django.db.models import Model
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.models import User
from accounts.mydata import emergency, looking
from accounts.mydata.models import Emergency
from core.audit import context

KEY = "emergency"  # in the session
PAGES = ("change", "history", "delete")


class StaffUnderWatch:
    """Costs customers nothing, staff nothing on most pages: the session says whether there is an emergency to read."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        found = self._emergency(request)
        if found is None:
            return self.get_response(request)
        with context.origin(replace(context.current(), emergency=str(found.public_id))):
            response = self.get_response(request)
            emergency.note_request(
                emergency=found,
                method=request.method or "",
                path=request.path,
                status=response.status_code,
                now=timezone.now(),
            )
        return response

    def process_view(
        self, request: HttpRequest, _view: Callable[..., Any], _args: Any, kwargs: dict[str, Any]
    ) -> HttpResponse | None:
        user = request.user
        model = _record(request) if user.is_authenticated and user.is_staff else None
        if model is None:
            return None
        now = timezone.now()
        for customer in looking.behind(model, kwargs["object_id"]):
            running = getattr(request, "emergency", None)
            if not looking.may_enter(customer=customer, staff=cast("User", user), emergency=running, now=now):
                where = reverse("staff_reason", args=[customer.public_id])
                return HttpResponseRedirect(f"{where}?{urlencode({'next': request.path})}")
        return None

    def _emergency(self, request: HttpRequest) -> Emergency | None:
        """Find the emergency of this session and lend what it lends, as long as it runs."""
        key = request.session.get(KEY)
        if not isinstance(key, str) or not request.user.is_authenticated:
            return None
        found = emergency.running(public_id=key, staff=cast("User", request.user), now=timezone.now())
        if found is None:
            del request.session[KEY]
            messages.info(request, _("Your emergency access has ended."))
            return None
        request.emergency = found  # type: ignore[attr-defined]
        request.user.lent_roles = emergency.duties()[found.duty].lends  # type: ignore[union-attr, attr-defined]
        return found


def _record(request: HttpRequest) -> type[Model] | None:
    """Say of which model the page in the back office shows one record; None where it shows none."""
    match = request.resolver_match
    if match is None or match.app_name != "admin" or not str(match.kwargs.get("object_id", "")).isdigit():
        return None
    names = (match.url_name or "").split("_")
    if len(names) < 3 or names[-1] not in PAGES:
        return None
    try:
        return apps.get_model(names[0], names[1])
    except LookupError:
        return None
