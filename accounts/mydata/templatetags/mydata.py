"""How values of personal data are drawn on a page."""

from django import template
from django.utils.translation import get_language

from accounts.mydata.writing import shown
from accounts.personal import Value
from core.ui.templatetags.ui import amount_html
from ledger.money import Money

register = template.Library()


@register.simple_tag
def kept_value(value: Value) -> str:
    """Write a value for a page; an amount so that the eye button covers it."""
    if isinstance(value, Money):
        return amount_html(value.decimal, value.currency)
    return shown(value, get_language() or "")
