"""Somebody signed in asks for one record after the other that is not theirs: people are told.

Such a record looks like one that is not there (404), so the first few are nothing: an old bookmark, a mistyped address.
Many different ones within an hour are a search. Nothing is locked by it: whom it was depends on what people find.
"""

import hashlib
import logging
from collections.abc import Callable
from datetime import datetime
from typing import cast

from django.core.cache import cache
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from redis.exceptions import RedisError

from accounts import inbox
from accounts.access.limits import figure
from accounts.models import User
from accounts.roles import Role
from core import audit

ACT = "access.probing"
log = logging.getLogger(__name__)


class Probing:
    """Counts, for whoever is signed in, the different addresses of records that were not there for them."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        match = request.resolver_match
        if response.status_code == 404 and match is not None and match.kwargs and request.user.is_authenticated:
            try:
                count(user=cast("User", request.user), path=request.path, route=match.view_name, now=timezone.now())
            except RedisError:
                log.exception("the cache that counts does not answer; a record that was not there is not counted")
        return response


def count(*, user: User, path: str, route: str, now: datetime) -> bool:
    """This function will count one address that showed nothing to this person and answer whether people were told.

    They are told once for each span (`access.probing_minutes`), at the `access.probing_records`th different address.
    """
    seconds = figure("access.probing_minutes", now) * 60
    span = int(now.timestamp()) // seconds
    key = f"probing:{user.pk}:{span}"
    if not cache.add(f"{key}:{hashlib.sha256(path.encode()).hexdigest()[:32]}", 1, timeout=seconds):
        return False  # the same address again is no other record
    cache.add(key, 0, timeout=seconds)
    if cache.incr(key) != figure("access.probing_records", now):
        return False
    _tell(user, route, span, now)
    return True


def _tell(user: User, route: str, span: int, now: datetime) -> None:
    most = figure("access.probing_records", now)
    log.warning("user %s asked for %s different records that were not there for them", user.pk, most)
    with transaction.atomic():
        audit.record(act=ACT, subject=user, actor=user, after={"records": most, "last": route}, now=now)
        auditors = User.objects.filter(is_active=True, is_staff=True, groups__name=Role.AUDITOR.value).exclude(
            pk=user.pk
        )
        for auditor in auditors.order_by("pk"):
            inbox.send(
                user=auditor,
                event=ACT,
                key=f"{ACT}:{user.pk}:{span}:{auditor.pk}",
                text=lambda: (
                    _("Somebody searches for records of others"),
                    _(
                        "One sign-in asked for %(count)s different records that are not its own, one after the other. "
                        "Nothing was shown and nothing is locked. The audit trail says who it was and what came last."
                    )
                    % {"count": most},
                ),
                link=f"{reverse('admin:audit_row_changelist')}?q={ACT}",
                now=now,
            )
