"""The page of messages. Looking changes nothing: opening one and marking all as read are posted."""

import uuid
from datetime import datetime
from typing import cast

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.dateparse import parse_datetime
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from accounts.inbox import queries, services
from accounts.models import User
from core.ui import reader


@never_cache
@login_required
@require_GET
def messages_page(request: HttpRequest) -> HttpResponse:
    """This view will show a person's messages, newest first, a page at a time."""
    user = _reader(request)
    last = _public_id(request.GET.get("before", ""))
    after = queries.notice_of(user, last) if last else None
    notices, more = queries.page_of(user, before=(after.created_at, after.id) if after else None)
    return render(
        request,
        "inbox/messages.html",
        {
            "notices": notices,
            "unread_messages": reader.of(request).unread,
            "newest": notices[0].created_at.isoformat() if notices else "",
            "first_page": after is None,
            "newer": reverse("inbox") if after else "",
            "older": f"{reverse('inbox')}?before={notices[-1].public_id}" if more else "",
        },
    )


@login_required
@require_POST
def open_message(request: HttpRequest, public_id: uuid.UUID) -> HttpResponse:
    """This view will mark one message as read and lead to what it is about."""
    notice = queries.notice_of(_reader(request), public_id)
    if notice is None:
        raise Http404
    services.mark_read(user=_reader(request), public_id=public_id, now=timezone.now())
    return redirect(notice.link or reverse("inbox"))


@login_required
@require_POST
def read_all(request: HttpRequest) -> HttpResponse:
    """This view will mark as read what the reader saw; what came in meanwhile stays new."""
    now = timezone.now()
    until = _moment(request.POST.get("until", ""))
    if until is not None:
        count = services.mark_all_read(user=_reader(request), until=min(until, now), now=now)
        if count:
            said = ngettext("%(count)s message marked as read.", "%(count)s messages marked as read.", count)
            messages.success(request, said % {"count": count})
    return redirect("inbox")


def _reader(request: HttpRequest) -> User:
    return cast(User, request.user)  # login_required stands before every view here


def _public_id(text: str) -> uuid.UUID | None:
    try:
        return uuid.UUID(text)
    except ValueError:
        return None


def _moment(text: str) -> datetime | None:
    try:
        found = parse_datetime(text)
    except ValueError:
        return None
    return found if found is not None and timezone.is_aware(found) else None
