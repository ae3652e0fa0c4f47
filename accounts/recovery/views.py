"""The pages of somebody who lost their device and their recovery codes, and of whoever wants to stop that.

Nobody is signed in here. A session holds a pass for an hour after the password was right; it opens these pages and
nothing else, and a changed password voids it.
"""

import hashlib
import hmac
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import wraps
from typing import Any

from allauth.account.internal.stagekit import clear_login
from allauth.account.stages import LoginStageController
from allauth.mfa.stages import AuthenticateStage
from allauth.mfa.totp.internal.auth import clear_totp_secret
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.files.uploadedfile import UploadedFile
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.access.adapters import device_cookie
from accounts.identity import files, photos
from accounts.identity.figures import figures as identity_figures
from accounts.identity.forms import refusal_sentence
from accounts.identity.uploads import photos_in_memory
from accounts.identity.views import photo_response
from accounts.models import User
from accounts.recovery import figures, notices, pages, queries, services
from accounts.recovery.forms import MISSING, ConsentForm, EvidenceForm, NewAppForm
from accounts.recovery.models import Evidence, Recovery

PROVED = "recovery_proved"  # in the session: whose password was right, and when
View = Callable[..., HttpResponseBase]
State = Recovery.State


def pass_required(view: View) -> View:
    """Open a page to whoever proved the password a while ago, and put `request.asker` in place; others begin anew."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        asker = _asker(request)
        if asker is None:
            request.session.pop(PROVED, None)
            messages.info(request, _("Sign in with your password first, then choose “I lost my device and the codes”."))
            return redirect("recover")
        request.asker = asker  # type: ignore[attr-defined]
        return view(request, *args, **kwargs)

    return guarded


@never_cache
@require_safe
def start(request: HttpRequest) -> HttpResponse:
    """Say what it takes and how long; the same words for everybody."""
    now = timezone.now()
    return render(
        request,
        "recovery/start.html",
        {
            "may_begin": _asker(request) is not None or _password_proved(request) is not None,
            "hours": figures.whole("waiting_hours", now),
            "days": figures.whole("waiting_hours", now) // 24,
        },
    )


@never_cache
@require_POST
def begin(request: HttpRequest) -> HttpResponse:
    """Take the password that was just proved as the first step, and go to where the request stands."""
    now, user = timezone.now(), _password_proved(request) or _asker(request)
    if user is None:
        messages.info(request, _("Sign in with your password first, then choose “I lost my device and the codes”."))
        return redirect("account_login")
    token = request.COOKIES.get(device_cookie(), "")
    known = queries.is_known_device(user, hashlib.sha256(token.encode()).hexdigest()) if token else False
    try:
        services.begin(user=user, from_known_device=known, now=now)
    except services.NotForStaff:
        return render(request, "recovery/staff.html")
    except services.TooOften:
        return render(request, "recovery/too_often.html", {"newest": queries.latest(user)})
    request.session[PROVED] = {"user": user.pk, "at": now.timestamp(), "mark": _mark(user)}
    clear_login(request)
    return redirect("recover_status")


@pass_required
@photos_in_memory
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def evidence(request: HttpRequest) -> HttpResponse:
    """Ask for the document's number, a photo of it and of the face; keep what is in order."""
    user, now = _user(request), timezone.now()
    draft = queries.open_one(user)
    if draft is None or draft.state != State.DRAFT:
        return redirect("recover_status")
    errors: dict[str, str] = {}
    kept = queries.evidence_of(draft)
    form = EvidenceForm(
        request.POST if request.method == "POST" else None, kept=set(kept), has_number=bool(draft.number_sealed)
    )
    if request.method == "POST":
        form.is_valid()
        if number := form.cleaned_data.get("number"):
            services.save_number(user=user, number=number)
        for side in Evidence.Side.values:
            sent = request.FILES.get(side)
            if isinstance(sent, UploadedFile) and (sentence := _keep(user, side, sent, now)):
                errors[side] = sentence
        kept = queries.evidence_of(draft)
        for side in Evidence.Side.values:
            if side in errors:
                form.add_error(side, errors[side])
            elif side not in kept:
                form.add_error(side, MISSING[side])
        if not form.errors:
            return redirect("recover_check")
    most = identity_figures(timezone.localdate(now)).photo.most_bytes // 2**20
    return render(request, "recovery/evidence.html", {"form": form, "kept": pages.photos(kept), "most_mb": most})


@pass_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def check(request: HttpRequest) -> HttpResponse:
    """Show what will be sent and what follows, and send it."""
    user, now = _user(request), timezone.now()
    draft = queries.open_one(user)
    if draft is None or draft.state != State.DRAFT:
        return redirect("recover_status")
    if not services.is_complete(draft):
        return redirect("recover_evidence")
    form = ConsentForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        services.submit(user=user, now=now)
        return redirect("recover_status")
    facts = {
        "form": form,
        "number": pages.masked(draft.number),
        "photos": pages.photos(queries.evidence_of(draft)),
        "ready_at": now + figures.waiting(now),
    }
    return render(request, "recovery/check.html", facts)


@pass_required
@never_cache
@require_safe
def photo(request: HttpRequest, side: str) -> HttpResponse:
    """Show the asker a photo of their own draft."""
    draft = queries.open_one(_user(request))
    found = queries.evidence_of(draft).get(side) if draft is not None and draft.state == State.DRAFT else None
    if found is None:
        raise Http404
    try:
        return photo_response(files.read(found.file), name=f"{side}.jpg")
    except files.FileGone as error:
        raise Http404 from error


@pass_required
@never_cache
@require_safe
def status(request: HttpRequest) -> HttpResponse:
    """Show the asker where their request stands."""
    user, now = _user(request), timezone.now()
    found = queries.open_one(user)
    if found is not None and found.state == State.DRAFT:
        return redirect("recover_evidence")
    found = found or queries.latest(user)
    if found is None:
        return redirect("recover")
    return render(
        request,
        "recovery/status.html",
        {
            "recovery": found,
            "steps": pages.timeline(found, now=now),
            "reasons": pages.reasons(found),
            "may_finish": services.may_finish(found, now=now),
            "may_withdraw": found.state in Recovery.WAITING,
            "is_over": found.state not in Recovery.OPEN,
        },
    )


@pass_required
@require_POST
def withdraw(request: HttpRequest) -> HttpResponse:
    """Take the request back: the asker found the device."""
    found = queries.open_one(_user(request))
    if found is not None:
        ending = services.Ending(how="requester", not_me=False)
        services.stop(recovery=found, ending=ending, keep_session=None, now=timezone.now())
    request.session.pop(PROVED, None)
    messages.success(request, _("The request is withdrawn. Nothing has changed."))
    return redirect("account_login")


@pass_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def factor(request: HttpRequest) -> HttpResponse:
    """Set up the new authenticator app, once approved and waited for."""
    user, now = _user(request), timezone.now()
    found = queries.open_one(user)
    if found is None or not services.may_finish(found, now=now):
        return redirect("recover_status")
    form = NewAppForm(request.POST if request.method == "POST" else None, user=user)
    if request.method == "POST" and form.is_valid():
        try:
            services.finish(user=user, secret=form.secret, step=form.step, now=now)
        except (services.NotYet, services.NothingToChange):
            return redirect("recover_status")
        clear_totp_secret(request)
        request.session.flush()
        return redirect("recover_done")
    return render(request, "recovery/factor.html", pages.app(form, user))


@never_cache
@require_safe
def done(request: HttpRequest) -> HttpResponse:
    """Say what to do now: sign in with the password and the new app. Nothing on it is anybody's."""
    return render(request, "recovery/done.html", {"hours": figures.whole("cooling_hours", timezone.now())})


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def stop(request: HttpRequest, token: str) -> HttpResponse:
    """Let whoever got the notice stop the request. Looking changes nothing; a made-up link is no page."""
    public_id = notices.request_of(token)
    found = queries.to_stop(pages.uuid_of(public_id)) if public_id else None
    if found is None:
        raise Http404
    if request.method == "POST":
        ending = services.Ending(how="notice", not_me=True)
        services.stop(recovery=found, ending=ending, keep_session=None, now=timezone.now())
        return redirect(request.path)
    facts = {"is_open": found.state in Recovery.OPEN, "was_stopped": found.state == State.STOPPED}
    return render(request, "recovery/stop.html", facts)


@login_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def own(request: HttpRequest) -> HttpResponse:
    """Show somebody who is signed in what is asked in their name, and let them stop it."""
    user, now = request.user, timezone.now()
    found = queries.open_one(user)  # type: ignore[arg-type]
    if request.method == "POST" and found is not None:
        not_me = request.POST.get("why") != "found"
        ending = services.Ending(how="session", not_me=not_me)
        services.stop(recovery=found, ending=ending, keep_session=request.session.session_key, now=now)
        if not_me:
            messages.success(request, _("Stopped. Your password no longer works: make a new one now with a code."))
            return HttpResponseRedirect(reverse("account_reset_password"))
        messages.success(request, _("The request is withdrawn. Nothing has changed."))
        return redirect("security")
    found = found or queries.latest(user)  # type: ignore[arg-type]
    facts = {
        "recovery": found if found is not None and found.sent_at is not None else None,
        "is_open": found is not None and found.state in Recovery.WAITING,
        "steps": pages.timeline(found, now=now) if found is not None and found.sent_at is not None else [],
    }
    return render(request, "recovery/own.html", facts)


def _user(request: HttpRequest) -> User:
    user: User = request.asker  # type: ignore[attr-defined]
    return user


def _password_proved(request: HttpRequest) -> User | None:
    """Who has just proved the password and stands before the second step."""
    if request.user.is_authenticated:
        return None
    stage = LoginStageController.enter(request, AuthenticateStage.key)
    return stage.login.user if stage is not None else None


def _asker(request: HttpRequest) -> User | None:
    held = request.session.get(PROVED)
    if not isinstance(held, dict) or request.user.is_authenticated:
        return None
    now = timezone.now()
    if now - datetime.fromtimestamp(held["at"], tz=now.tzinfo) > timedelta(minutes=figures.whole("form_minutes", now)):
        return None
    user = User.objects.filter(pk=held["user"], is_active=True, is_staff=False).first()
    return user if user is not None and hmac.compare_digest(_mark(user), held["mark"]) else None


def _mark(user: User) -> str:
    """Changes with the password."""
    return str(user.get_session_auth_hash())


def _keep(user: User, side: str, sent: UploadedFile, now: datetime) -> str:
    """Keep one photo; answer the sentence that says why it was not taken, or an empty one."""
    try:
        services.save_photo(
            user=user, side=side, data=sent.read(), name=sent.name or "", declared=sent.content_type or "", now=now
        )
    except photos.PhotoRefused as error:
        return refusal_sentence(error.reason, figures=identity_figures(timezone.localdate(now)))
    except services.TooManyPhotos:
        return _("You have sent many photos for this request. Call us, and we will help you finish")
    return ""
