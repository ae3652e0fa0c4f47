"""Pieces of the search form."""

from django import template
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from accounts.statements.categories import CATEGORIES
from accounts.statements.periods import PERIODS

register = template.Library()
CHOICES = {"period": PERIODS, "category": CATEGORIES}
PLAIN, CHOSEN = '<option value="{}">{}</option>', '<option value="{}" selected>{}</option>'


@register.simple_tag
def search_choices(field: str, chosen: str = "") -> SafeString:
    """This tag will draw what can be chosen in a list of the search form, after the empty choice."""
    drawn = (
        format_html(CHOSEN if key == chosen else PLAIN, key, text) for key, text in CHOICES[field].items()
    )  # fmt: skip
    return format_html_join("", "{}", ((one,) for one in drawn))
