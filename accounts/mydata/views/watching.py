"""Pages for staff: a reason before a covered record, emergency access, and files taken out."""

import uuid
from typing import cast

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.access.decorators import staff_required
from accounts.admin import LOOKS_AT_CUSTOMERS
from accounts.models import User
from accounts.mydata import emergency, looking, queries, takeouts
from accounts.mydata.files import FileGone
from accounts.mydata.forms import CoveredForm, EmergencyForm, TakeoutForm
from accounts.mydata.middleware import KEY
from accounts.roles import Role
from core.changes.errors import AlreadyAsked, NoNumber, NoRole, NotDone, Refused

TAKES_OUT = (Role.REVIEWER, Role.APPROVER, Role.AUDITOR)


@never_cache
@staff_required(*LOOKS_AT_CUSTOMERS)
@require_http_methods(["GET", "HEAD", "POST"])
def reason(request: HttpRequest, public_id: uuid.UUID) -> HttpResponse:
    """Ask why, then lead on to the record. Who is covered is not said here."""
    customer = queries.customer_by_id(public_id)
    if customer is None or not looking.covered(customer):
        raise Http404
    back = request.GET.get("next", "")
    if not url_has_allowed_host_and_scheme(back, allowed_hosts={request.get_host()}):
        back = reverse("admin:index")
    form = CoveredForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            looking.open_with_reason(
                customer=customer, staff=_me(request), reason=form.cleaned_data["reason"], now=timezone.now()
            )
            return HttpResponseRedirect(back)
        except looking.ReasonMissing:
            form.add_error("reason", _("Say why you have to open this record, in at least ten characters"))
    context = {"form": form, "is_protected": looking.covered(customer) == looking.Covered.PROTECTED}
    return render(request, "mydata/covered.html", context)


@never_cache
@staff_required(*Role)
@require_http_methods(["GET", "HEAD", "POST"])
def emergency_page(request: HttpRequest) -> HttpResponse:
    """Begin emergency access, or show the one that runs."""
    running = getattr(request, "emergency", None)
    if running is not None:
        return render(request, "mydata/emergency.html", {"running": running, "duty": _duty(running.duty)})
    if not emergency.open_to(_me(request)):
        raise Http404
    form = EmergencyForm(request.POST if request.method == "POST" else None, staff=_me(request))
    if request.method == "POST" and form.is_valid():
        try:
            begun = emergency.begin(staff=_me(request), now=timezone.now(), **form.cleaned_data)
        except emergency.NotYours as error:
            raise Http404 from error
        except emergency.ReasonMissing:
            form.add_error("reason", _("Say in a sentence why it cannot wait"))
        except emergency.NobodyToTell:
            form.add_error(None, _("Nobody is there who could be told, so emergency access cannot begin."))
        except emergency.Running:
            form.add_error(None, _("Your emergency access runs already, in another browser. End it there."))
        else:
            request.session[KEY] = str(begun.public_id)
            return HttpResponseRedirect(reverse("staff_emergency"))
    return render(request, "mydata/emergency.html", {"form": form})


@staff_required(*Role)
@require_POST
def emergency_end(request: HttpRequest) -> HttpResponse:
    """End emergency access before its time."""
    running = getattr(request, "emergency", None)
    if running is not None:
        emergency.end(emergency=running, now=timezone.now())
        request.session.pop(KEY, None)
        messages.success(request, _("Your emergency access has ended."))
    return HttpResponseRedirect(reverse("home"))


@never_cache
@staff_required(*TAKES_OUT)
@require_http_methods(["GET", "HEAD", "POST"])
def takeout_page(request: HttpRequest) -> HttpResponse:
    """Ask for a file of rows, and list those that are kept."""
    me, now = _me(request), timezone.now()
    if not takeouts.offered(me):
        raise Http404
    given = request.POST if request.method == "POST" else None
    form = TakeoutForm(given, initial={name: request.GET[name] for name in request.GET}, user=me, now=now)
    if request.method == "POST" and form.is_valid():
        typed = form.cleaned_data
        try:
            outcome = takeouts.ask(
                kind=typed["kind"], wanted=form.wanted, purpose=typed["purpose"], case=typed["case"], staff=me, now=now
            )
        except NoRole as error:
            raise PermissionDenied from error
        except NotDone as error:
            form.add_error(*_said(error))
        else:
            if outcome.change is not None:
                messages.success(
                    request,
                    _("%(number)s waits for a colleague's decision. You are told when the file is ready.")
                    % {"number": outcome.change.number},
                )
            else:
                messages.success(request, _("The file is ready."))
            return HttpResponseRedirect(reverse("staff_takeouts"))
    return render(request, "mydata/takeouts.html", {"form": form, "files": takeouts.mine(me), "now": now})


@never_cache
@staff_required(*TAKES_OUT)
@require_safe
def takeout_file(request: HttpRequest, public_id: uuid.UUID) -> HttpResponse:
    """Give a colleague their own file; that it was downloaded stands in the trail before it leaves."""
    try:
        found = takeouts.opened(staff=_me(request), public_id=public_id, now=timezone.now())
    except FileGone as error:
        raise Http404 from error
    if found is None:
        raise Http404
    takeout, content = found
    response = HttpResponse(content, content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{takeout.kind}-{takeout.made_at:%Y%m%d-%H%M}.csv"'
    return response


def _said(error: NotDone) -> tuple[str | None, str]:
    if isinstance(error, Refused):
        return error.field or None, str(error)
    if isinstance(error, AlreadyAsked):
        return None, _("The same rows wait for a colleague's decision already: %(number)s.") % {
            "number": error.change.number
        }
    if isinstance(error, NoNumber):
        return None, _("You have no employee number, so nobody can decide about your wish. Talk to your lead.")
    return None, _("This could not be asked for.")


def _duty(name: str) -> str:
    return str(emergency.duties()[name].label)


def _me(request: HttpRequest) -> User:
    return cast("User", request.user)
