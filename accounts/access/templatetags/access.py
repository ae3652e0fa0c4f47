"""Small words and figures of the pages about access."""

import json
from typing import Any

from django import template
from django.template.context import Context
from django.utils import timezone
from django.utils.translation import get_language

from accounts.access import queries, sessions
from core.ui import frame

register = template.Library()


@register.inclusion_tag("access/_me.html", takes_context=True)
def about_me(context: Context) -> dict[str, Any]:
    """Draw who is signed in and the ways to everything about them; two queries, one where the view has the customer."""
    request = context["request"]
    customer = request.customer if hasattr(request, "customer") else queries.customer_of(request.user)
    return {
        "request": request,
        "csrf_token": context.get("csrf_token"),
        "user": request.user,
        "name": customer.legal_name if customer is not None and customer.legal_name else request.user.full_name,
        "standing": customer.standing if customer is not None else "",
        "factors": queries.factors_of(request.user),
    }


@register.simple_tag(takes_context=True)
def session_watch(context: Context) -> str:
    """Draw the warning that a session is about to end; it shows itself in time, with scripts only."""
    request = context.get("request")
    session = getattr(request, "session", None)
    left = sessions.left(session, now=timezone.now()) if session is not None else None
    if left is None:
        return ""
    return frame.part(
        "access/_session.html",
        facts={"language": get_language() or ""},
        blanks={"csrf_token": context.get("csrf_token"), "until_warning": left.until_warning},
    )


@register.filter
def as_json(value: Any) -> str:
    """Write a value for a data attribute; the template escapes it."""
    return json.dumps(value, separators=(",", ":"))


@register.filter
def in_groups(code: str) -> str:
    """Set a recovery code in two groups, as it is easier to read and to type."""
    half = len(code) // 2
    return f"{code[:half]} {code[half:]}"
