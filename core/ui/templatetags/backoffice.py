"""What pages of the back office draw otherwise than Django does: `{% load backoffice %}`."""

from typing import Any

from django import template
from django.core.exceptions import FieldDoesNotExist
from django.db.models import ForeignKey
from django.http import HttpRequest
from django.template.context import Context

register = template.Library()


@register.simple_tag(takes_context=True)
def readonly(context: Context, field: Any) -> str:
    """Say what stands in a read-only field (Django's AdminReadonlyField).

    Django links every record that another one names; here only where the reader may open it, else it is named.
    """
    named = _named(field)
    if named is None or _may_open(context["request"], field.model_admin.admin_site, named):
        return str(field.contents())
    return str(named)


@register.simple_tag
def label(field: Any) -> str:
    """Draw the name of a field (Django's AdminField or AdminReadonlyField) as all forms here do: without a colon."""
    form = field.form if field.is_readonly else field.field.form
    form.label_suffix = ""
    return str(field.label_tag())


def _named(field: Any) -> Any:
    """The record that a field names; None where it names none, or is no field of the record."""
    row, name = field.form.instance, field.field["field"]
    try:
        found = row._meta.get_field(name) if isinstance(name, str) else None
    except FieldDoesNotExist:
        return None
    return getattr(row, found.name) if isinstance(found, ForeignKey) else None


def _may_open(request: HttpRequest, site: Any, record: Any) -> bool:
    shown = site._registry.get(type(record))
    return shown is not None and bool(shown.has_view_permission(request, record))
