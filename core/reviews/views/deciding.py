"""One case on one screen: claim it, read it, decide it."""

import uuid
from typing import TYPE_CHECKING

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _

from core.reviews import errors, pages, queries, services, wording
from core.reviews.forms import AskForm, DecisionForm
from core.reviews.models import Case
from core.reviews.subject import UnknownPaper, is_by_colleague, subject_of
from core.reviews.views.words import refusal

if TYPE_CHECKING:
    from core.reviews.admin import CaseAdmin


def case(desk: "CaseAdmin", request: HttpRequest, public_id: uuid.UUID) -> HttpResponse:
    """Show a case."""
    return screen(desk, request, found(desk, request, public_id))


def claim(desk: "CaseAdmin", request: HttpRequest, public_id: uuid.UUID) -> HttpResponse:
    """Claim a case and open it."""
    found(desk, request, public_id)
    try:
        services.claim(public_id=public_id, user=request.user, now=timezone.now())
    except errors.Refused as error:
        messages.warning(request, refusal(error))
    return redirect("admin:reviews_case", public_id)


def release(desk: "CaseAdmin", request: HttpRequest, public_id: uuid.UUID) -> HttpResponse:
    """Put a case back."""
    found(desk, request, public_id)
    try:
        services.release(public_id=public_id, user=request.user, now=timezone.now())
    except errors.Refused as error:
        messages.warning(request, refusal(error))
        return redirect("admin:reviews_case", public_id)
    messages.success(request, _("The case is back in the queue."))
    return redirect("admin:reviews_case_changelist")


def decide(desk: "CaseAdmin", request: HttpRequest, public_id: uuid.UUID) -> HttpResponse:
    """Take a decision, or say why it was not taken; nothing typed is lost."""
    about = found(desk, request, public_id)
    reasons = wording.reasons_of(about.subject, on=timezone.localdate())
    form = DecisionForm(request.POST, reasons=reasons, by_colleague=is_by_colleague(subject_of(about.subject)))
    if not form.is_valid():
        return screen(desk, request, about, form)
    try:
        decided = services.decide(
            public_id=public_id,
            user=request.user,
            verdict=form.cleaned_data["verdict"],
            reasons=form.cleaned_data["reasons"],
            note=form.cleaned_data["note"],
            digest=form.cleaned_data["seen"],
            now=timezone.now(),
        )
    except errors.Refused as error:
        form.add_error(None, refusal(error))
        return screen(desk, request, found(desk, request, public_id), form, status=409)
    messages.success(
        request, _("Decision on %(number)s saved: %(state)s.")
        % {"number": decided.case.number, "state": decided.case.get_state_display()}
    )  # fmt: skip
    return redirect("admin:reviews_case", public_id)


def paper(desk: "CaseAdmin", request: HttpRequest, public_id: uuid.UUID, name: str) -> HttpResponse:
    """Show a document to the person who holds the case, and to nobody else; each look is in the audit trail."""
    about = found(desk, request, public_id)
    if about.holder_id != request.user.pk or about.is_closed:
        raise Http404
    try:
        content_type, content = subject_of(about.subject).paper(about.subject_id, name)
    except UnknownPaper as error:
        raise Http404 from error
    services.note_reading(case=about, user=request.user, name=name, now=timezone.now())
    return HttpResponse(
        content,
        content_type=content_type,
        headers={
            "Content-Disposition": f'attachment; filename="{about.number}-{name}"',
            "Cache-Control": "no-store, private",
            "X-Content-Type-Options": "nosniff",
            "Content-Security-Policy": "default-src 'none'; sandbox",
            "Cross-Origin-Resource-Policy": "same-origin",
        },
    )


def found(desk: "CaseAdmin", request: HttpRequest, public_id: uuid.UUID) -> Case:
    """This function will find a case for whoever asks, or answer that there is none. Raises Http404."""
    about = queries.case_for(roles=desk.roles(request), public_id=public_id)
    if about is None:
        raise Http404
    return about


def screen(
    desk: "CaseAdmin",
    request: HttpRequest,
    about: Case,
    form: DecisionForm | None = None,
    *,
    asking: AskForm | None = None,
    status: int = 200,
) -> HttpResponse:
    """This function will show the one screen of a case, with whatever was typed so far."""
    now, subject = timezone.now(), subject_of(about.subject)
    shown = pages.screen(about, user=request.user, now=now)
    if form is None:
        form = DecisionForm(
            initial={"seen": shown["seen"]}, reasons=shown["reasons"].values(), by_colleague=is_by_colleague(subject)
        )
    else:  # what is on the screen now is what a second try decides on
        form.data = form.data.copy()  # type: ignore[attr-defined]
        form.data["seen"] = shown["seen"]  # type: ignore[index]
    # Beside a case that waits to be claimed, the button for another one would be taken for its own.
    done = not shown["mine"] and (about.is_closed or about.holder_id is not None or about.state == Case.State.ASKED)
    following = queries.next_case(request.user, roles=desk.roles(request), now=now) if done else None
    context = {
        **shown,
        "title": str(about),
        "form": form,
        "by_colleague": is_by_colleague(subject),
        "asking": asking or (AskForm(subject=subject) if shown["questions"] else None),
        "may_correct": about.state in {Case.State.APPROVED, Case.State.DECLINED}
        and hasattr(subject, "reopen")
        and shown["corrected_by"] is None
        and about.subject in services.kinds_led(desk.roles(request)),
        "next": pages.Rows([following], now=now)([following])[0] if following and following.pk != about.pk else None,
    }
    return desk.page(request, "case.html", context, status=status)
