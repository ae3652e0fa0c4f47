"""What a reviewer does with a case beside deciding it: ask the customer, hand it over, have a decision corrected."""

import uuid
from typing import TYPE_CHECKING

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _

from core.reviews import errors, queries, services
from core.reviews.forms import AskForm, CorrectForm, HandOverForm, RelationForm
from core.reviews.services.staff import UnknownParty
from core.reviews.subject import subject_of
from core.reviews.views.deciding import found, screen
from core.reviews.views.words import refusal, refusal_of_colleague

if TYPE_CHECKING:
    from core.reviews.admin import CaseAdmin


def ask(desk: "CaseAdmin", request: HttpRequest, public_id: uuid.UUID) -> HttpResponse:
    """Ask the customer, and stop the clock."""
    about = found(desk, request, public_id)
    form = AskForm(request.POST, subject=subject_of(about.subject))
    if not form.is_valid():
        return screen(desk, request, about, asking=form)
    try:
        services.ask(public_id=public_id, user=request.user, codes=form.cleaned_data["codes"], now=timezone.now())
    except errors.Refused as error:
        form.add_error(None, refusal(error))
        return screen(desk, request, found(desk, request, public_id), asking=form, status=409)
    messages.success(request, _("The customer is asked. The clock stands still until they answer."))
    return redirect("admin:reviews_case", public_id)


def recall(desk: "CaseAdmin", request: HttpRequest, public_id: uuid.UUID) -> HttpResponse:
    """Take a question back and go on without the answer."""
    found(desk, request, public_id)
    try:
        services.recall(public_id=public_id, user=request.user, now=timezone.now())
    except errors.Refused as error:
        messages.warning(request, refusal(error))
    else:
        messages.success(request, _("The question is taken back. The clock runs again."))
    return redirect("admin:reviews_case", public_id)


def hand_over(desk: "CaseAdmin", request: HttpRequest, public_id: uuid.UUID) -> HttpResponse:
    """Give a case to a colleague."""
    about, now = found(desk, request, public_id), timezone.now()
    leads = about.subject in services.kinds_led(desk.roles(request))
    if about.is_closed or (request.user.pk not in {about.holder_id, about.assignee_id} and not leads):
        messages.warning(request, refusal(errors.Closed() if about.is_closed else errors.NotHeld()))
        return redirect("admin:reviews_case", public_id)
    people = queries.colleagues(about, request.user, now=now)
    form = HandOverForm(request.POST if request.method == "POST" else None, people=people)
    if request.method == "POST" and form.is_valid():
        try:
            services.hand_over(
                public_id=public_id,
                user=request.user,
                to=form.cleaned_data["to"],
                note=form.cleaned_data["note"],
                now=now,
            )
        except errors.Refused as error:
            form.add_error(None, refusal_of_colleague(error))
        else:
            messages.success(request, _("%(person)s has the case now.") % {"person": form.cleaned_data["to"]})
            return redirect("admin:reviews_case_changelist")
    context = {"title": _("Hand over"), "form": form, "case": about, "people": people}
    return desk.page(request, "hand_over.html", context, status=409 if form.non_field_errors() else 200)


def correct(desk: "CaseAdmin", request: HttpRequest, public_id: uuid.UUID) -> HttpResponse:
    """Open a new case that corrects a decision; the old one stays as it is."""
    about = found(desk, request, public_id)
    if about.subject not in services.kinds_led(desk.roles(request)):
        raise Http404
    form = CorrectForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            case = services.correct(
                public_id=public_id, user=request.user, reason=form.cleaned_data["reason"], now=timezone.now()
            )
        except errors.Refused as error:
            form.add_error(None, refusal(error))
        else:
            messages.success(request, _("A new case is open. Other people than before decide it."))
            return redirect("admin:reviews_case", case.public_id)
    context = {"title": _("Correct a decision"), "form": form, "case": about}
    return desk.page(request, "correct.html", context, status=409 if form.non_field_errors() else 200)


def relations(desk: "CaseAdmin", request: HttpRequest) -> HttpResponse:
    """Let somebody on the desk declare whom they are close to."""
    desk.only_for_the_desk(request)
    form = RelationForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        try:
            services.declare_relation(
                person=request.user,
                kind=form.cleaned_data["kind"],
                who=form.cleaned_data["who"],
                by=request.user,
                now=timezone.now(),
            )
        except UnknownParty:
            form.add_error("who", _("Nobody signs in with this. Write their e-mail, or the number of their ID card."))
        else:
            messages.success(request, _("Thank you. Cases about this person go to your colleagues."))
            return redirect("admin:reviews_relations")
    context = {"title": _("People close to me"), "form": form, "relations": queries.relations_of(request.user)}
    return desk.page(request, "relations.html", context)
