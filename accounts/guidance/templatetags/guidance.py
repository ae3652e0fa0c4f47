"""The way from a form to its article."""

from typing import Any

from django import template
from django.template.context import Context

from accounts.guidance import queries

register = template.Library()


@register.inclusion_tag("guidance/_here.html", takes_context=True)
def help_here(context: Context) -> dict[str, Any]:
    """Draw the way to the article about the page somebody is on, if there is one. Costs no query."""
    match = getattr(context.get("request"), "resolver_match", None)
    return {"slug": queries.help_by_place().get(match.view_name, "") if match is not None else ""}
