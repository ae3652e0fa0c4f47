"""Figures on the managers' page: `{% load figures %}`."""

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language

from analytics import words
from ledger.money import Money

register = template.Library()


@register.filter
def grouped(value: int) -> str:
    """This filter will write a whole number in groups of three, in every language."""
    return f"{value:,}"


@register.simple_tag
def short_amount(money: Money) -> SafeString:
    """This tag will write a sum in few characters; the eye button covers it like any other. The exact sum stands by."""
    return format_html(
        '<data class="amount" value="{}"><span>{}</span></data>',
        f"{money.decimal:f}",
        words.short(money.decimal, get_language() or ""),
    )
