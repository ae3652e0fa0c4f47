"""Small words and figures of the pages about access."""

import json
from typing import Any

from django import template
from django.utils.translation import gettext as _

from accounts.access.demo import DemoPerson
from accounts.models import Customer
from accounts.roles import Role

register = template.Library()


@register.filter
def as_json(value: Any) -> str:
    """Write a value for a data attribute; the template escapes it."""
    return json.dumps(value, separators=(",", ":"))


@register.filter
def in_groups(code: str) -> str:
    """Set a recovery code in two groups, as it is easier to read and to type."""
    half = len(code) // 2
    return f"{code[:half]} {code[half:]}"


@register.filter
def in_words(person: DemoPerson) -> str:
    """Say what a demo person is."""
    names = {
        Role.REVIEWER.value: _("Reviewer"),
        Role.APPROVER.value: _("Approver"),
        Role.MANAGER.value: _("Manager"),
        Role.AUDITOR.value: _("Auditor"),
        Role.ADMINISTRATOR.value: _("Administrator"),
    }
    words = [names[role] for role in person.roles if role in names]
    if person.is_customer:
        verified = person.standing == Customer.Standing.VERIFIED
        words.append(_("Customer") if verified else _("New visitor, not yet verified"))
    return _(", ").join(words)
