"""Whoever keeps the vault: what waits for them, their branch's tills, and a delivery counted by both."""

import uuid
from datetime import timedelta

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _

from accounts.roles import Role
from ledger.calendar import business_date
from ledger.money import Money
from payments.counter import comparing, denominations, queries
from payments.counter.forms import ReasonForm
from payments.counter.models import Branch, Delivery, Till
from payments.counter.refusals import NotDone
from payments.counter.services import deliveries
from payments.counter.views.shared import HOME, READERS, for_roles, held, me, my_branch, page

VAULT = "admin:counter_vault"
SPAN = 31  # days compared


@for_roles(Role.BRANCH_SUPERVISOR)
def vault(request: HttpRequest) -> HttpResponse:
    """What waits, and where the branch's cash is."""
    branch = my_branch(request)
    if branch is None:
        return page(request, "no_place.html", {"title": _("Vault and tills")})
    cash = queries.cash_of(branch)
    by_till = {day.till_id: day for day in queries.days_of(branch)}
    today = business_date(timezone.now())
    tills = [
        {
            "till": till,
            "day": (day := by_till.get(till.pk)),
            "cash": Money(cash[till.account_id], branch.currency),
            "late": day is not None and day.business_date < today,
        }
        for till in Till.objects.filter(branch=branch).select_related("branch").order_by("number")
    ]
    context = {
        "title": _("Vault and tills"),
        "branch": branch,
        "waiting": [
            {"delivery": one, "money": Money(one.amount, branch.currency)} for one in queries.deliveries_for(branch)
        ],
        "tills": tills,
        "in_vault": Money(cash[branch.vault_id], branch.currency),
        "together": Money(sum(cash.values()), branch.currency),
    }
    return page(request, "vault.html", context)


def _delivery(request: HttpRequest, public_id: uuid.UUID) -> tuple[Branch, Delivery]:
    branch = my_branch(request)
    found = queries.delivery_at(branch, public_id) if branch else None
    if branch is None or found is None:
        raise Http404
    return branch, found


@for_roles(Role.BRANCH_SUPERVISOR)
def delivery(request: HttpRequest, public_id: uuid.UUID) -> HttpResponse:
    """A delivery note by note, to be counted by both."""
    return _shown(request, *_delivery(request, public_id), ReasonForm())


def _shown(request: HttpRequest, branch: Branch, found: Delivery, form: ReasonForm) -> HttpResponse:
    faces = [
        (Money(face, branch.currency), pieces, Money(face * pieces, branch.currency))
        for face in denominations.FACES[branch.currency]
        if (pieces := found.counted.get(str(face), 0))
    ]
    return page(
        request,
        "vault_delivery.html",
        {
            "title": found.get_direction_display(),
            "delivery": found,
            "money": Money(found.amount, branch.currency),
            "faces": faces,
            "form": form,
            "waits": found.state == Delivery.State.ASKED,
            "state": found.get_state_display(),
        },
    )


@for_roles(Role.BRANCH_SUPERVISOR)
def confirm(request: HttpRequest, public_id: uuid.UUID) -> HttpResponse:
    """Both have counted: book it."""
    _delivery(request, public_id)
    try:
        done = deliveries.confirm(keeper=me(request), delivery_id=public_id, now=timezone.now())
    except NotDone as error:
        messages.warning(request, str(error))
        return redirect("admin:counter_vault_delivery", public_id)
    messages.success(
        request, _("Booked: the books see the cash where it lies now. Till %(till)s.") % {"till": done.day.till}
    )
    return redirect(VAULT)


@for_roles(Role.BRANCH_SUPERVISOR)
def decline(request: HttpRequest, public_id: uuid.UUID) -> HttpResponse:
    """The count does not agree: nothing moves."""
    branch, found = _delivery(request, public_id)
    form = ReasonForm(request.POST)
    if form.is_valid():
        try:
            deliveries.decline(
                keeper=me(request), delivery_id=public_id, reason=form.cleaned_data["reason"], now=timezone.now()
            )
        except NotDone as error:
            form.add_error(error.field or None, str(error))
        else:
            messages.success(request, _("Declined. No cash has moved."))
            return redirect(VAULT)
    return _shown(request, branch, found, form)


@for_roles(*READERS)
def report(request: HttpRequest) -> HttpResponse:
    """The counter beside the online channel, day by day. A supervisor sees their own branch, others any."""
    branches = list(Branch.objects.select_related("district").order_by("code"))
    if not held(request) & {Role.MANAGER, Role.AUDITOR}:
        own = my_branch(request)
        branches = [one for one in branches if own is not None and one.pk == own.pk]
    wanted = request.GET.get("branch", "")
    branch = next((one for one in branches if one.code == wanted), branches[0] if branches else None)
    if branch is None:
        return page(request, "no_place.html", {"title": _("Counter and online")})
    until = business_date(timezone.now())
    found = comparing.days(branch, since=until - timedelta(days=SPAN - 1), until=until)
    context = {
        "title": _("Counter and online"),
        "branch": branch,
        "branches": [(str(one), f"?branch={one.code}", one.pk == branch.pk) for one in branches],
        "days": found,
        "together": comparing.together(found, branch.currency),
        "span": SPAN,
        "home": HOME,
    }
    return page(request, "report.html", context)
