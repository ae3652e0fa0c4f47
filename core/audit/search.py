"""What auditors type into the search of the trail, as conditions that an index answers.

Words apart by spaces, all of which must hold: a day (2026-11-22) or a span of days (2026-11-01..2026-11-22), an act or
the beginning of acts ("reviews."), a network address, a request reference, the public id of a record or its whole name
("accounts.customer:1f0c…"), a row's number (#123), or somebody's e-mail address, name or employee number.
"""

import ipaddress
import re
import uuid
from datetime import date, datetime, time, timedelta

from django.apps import apps
from django.contrib.auth import get_user_model
from django.db.models import Q
from django.utils import timezone

MOST_WORDS = 8
_DAYS = re.compile(r"(\d{4}-\d{2}-\d{2})(?:\.\.(\d{4}-\d{2}-\d{2}))?")
_ACTS = re.compile(r"[a-z_]+\.[a-z_.]*")
_REFERENCE = re.compile(r"[0-9A-Z]{4}(-[0-9A-Z]{4})+|[0-9A-Z]{8,20}")
_PERSON = ("email", "full_name", "employee_number")


def condition(typed: str) -> Q:
    """This function will turn what was typed into one condition; a word that means nothing finds nothing."""
    found = Q()
    for word in typed.split()[:MOST_WORDS]:
        found &= _of(word)
    return found


def _of(word: str) -> Q:
    if days := _DAYS.fullmatch(word):
        return _days(days[1], days[2] or days[1])
    if word.startswith("#"):
        return Q(id=int(word[1:])) if word[1:].isdigit() and len(word) < 19 else _nothing()
    if _ACTS.fullmatch(word):
        return Q(act__startswith=word) if word.endswith(".") else Q(act=word)
    if address := _address(word):
        return Q(ip=address)
    if record := _public_id(word):
        return Q(subject__in=[f"{model._meta.label_lower}:{record}" for model in apps.get_models()])
    named = Q(subject=word) | Q(actor_id__in=_people(word))
    return named | Q(reference=word.upper()) if _REFERENCE.fullmatch(word.upper()) else named


def _days(first: str, last: str) -> Q:
    try:
        begin, end = date.fromisoformat(first), date.fromisoformat(last) + timedelta(days=1)
    except (ValueError, OverflowError):
        return _nothing()
    zone = timezone.get_current_timezone()
    return Q(
        acted_at__gte=datetime.combine(begin, time.min, zone),
        acted_at__lt=datetime.combine(end, time.min, zone),
    )


def _people(word: str) -> list[int]:
    model = get_user_model()
    known = {field.name for field in model._meta.get_fields()}
    same = Q()
    for name in _PERSON:
        if name in known:
            same |= Q(**{f"{name}__iexact": word})
    return list(model._default_manager.filter(same).values_list("pk", flat=True)[:20]) if same else []


def _address(word: str) -> str:
    try:
        return str(ipaddress.ip_address(word))
    except ValueError:
        return ""


def _public_id(word: str) -> str:
    try:
        return str(uuid.UUID(word)) if len(word) >= 32 else ""
    except ValueError:
        return ""


def _nothing() -> Q:
    return Q(id__in=[])
