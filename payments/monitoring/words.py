"""What was measured, in words for colleagues. Nothing of it is ever read by a customer."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from core import policy
from core.ui import formats
from ledger.money import Money
from payments.monitoring.conditions import DEEPEST, MOST, BadCondition
from payments.monitoring.measures import HOME, MEASURES, Unit
from payments.monitoring.models import Hit, RuleVersion

SIGNS = {"<": "<", "<=": "≤", ">": ">", ">=": "≥"}


def money(minor: int, currency: str) -> str:
    """This function will write an amount in minor units."""
    return str(formats.amount(Money(minor, currency).decimal, currency))


def value(name: str, measured: Any, currency: str) -> str:
    """This function will write what a measure came to, in its unit."""
    if measured is None:
        return _("not known")
    number, unit = round(measured), MEASURES[name].unit
    spans = {
        Unit.HOURS: ngettext("%(number)d hour", "%(number)d hours", number),
        Unit.MINUTES: ngettext("%(number)d minute", "%(number)d minutes", number),
        Unit.DAYS: ngettext("%(number)d day", "%(number)d days", number),
    }
    if unit is Unit.MONEY:
        return money(int(measured), currency)
    if unit in spans:
        return spans[unit] % {"number": number}
    return {Unit.PERCENT: f"{number} %", Unit.CLOCK: f"{number}:00"}.get(unit, str(number))


def found(hit: Hit, currency: str) -> str:
    """This function will say what a rule found, in the active language."""
    chinese = formats.is_chinese(get_language())
    facts = ("；" if chinese else "; ").join(
        f"{MEASURES[name].label}{'：' if chinese else ': '}{value(name, measured, currency)}"
        for name, measured in hit.measured.items()
        if name in MEASURES
    )
    line = _("%(title)s. %(facts)s.") % {"title": hit.rule.title, "facts": facts}
    return line if hit.rule.mode == hit.rule.Mode.LIVE else _("In shadow, without effect: %(line)s") % {"line": line}


def named(rule: RuleVersion) -> str:
    """This function will write what a rule looks for, and that it is in shadow where it is."""
    return rule.title if rule.mode == rule.Mode.LIVE else _("%(title)s (in shadow)") % {"title": rule.title}


def figure(key: str, on: date) -> str:
    """This function will write what a measure is compared with, as it stands on a day; its key where there is none."""
    try:
        found = policy.value(key, on=on)
    except policy.UnknownPolicy:
        return key
    if key.endswith(".cny"):
        return money(Money.of(str(found), HOME).minor, HOME)
    return str(found)


def condition(rule: Mapping[str, Any], on: date, *, inside: bool = False) -> str:
    """This function will say when a rule hits, in the active language, with the figures of a day."""
    if "measure" in rule:
        unit = MEASURES[rule["measure"]].unit
        bound = figure(rule["figure"], on)
        shown = f"{bound} %" if unit is Unit.PERCENT else f"{bound}:00" if unit is Unit.CLOCK else bound
        return f"{MEASURES[rule['measure']].label} {SIGNS[rule['op']]} {shown}"
    if "not" in rule:
        return _("not (%(part)s)") % {"part": condition(rule["not"], on)}
    joined, parts = (_(" and "), rule["all"]) if "all" in rule else (_(" or "), rule["any"])
    said = joined.join(condition(part, on, inside=True) for part in parts)
    return _("(%(part)s)") % {"part": said} if inside and len(parts) > 1 else said


def refusal(bad: BadCondition) -> str:
    """This function will say why a condition is none, and what to write."""
    if bad.kind == "unknown":
        return _("There is no measure or figure called “%(name)s”. The lists stand below the form.") % {
            "name": bad.name
        }
    if bad.kind == "many":
        return _("A condition has between 1 and %(most)d comparisons.") % {"most": MOST}
    if bad.kind == "deep":
        return _("A condition goes at most %(most)d levels deep.") % {"most": DEEPEST}
    return _(
        "Write each part as a comparison with “measure”, “op” and “figure”, or as “all”, “any” or “not” with parts of "
        "its own. The condition that counts now shows how."
    )


def lasting(span: timedelta) -> str:
    """This function will write a span in its largest whole unit: minutes, hours from two on, days from two on."""
    minutes = round(span.total_seconds() / 60)
    if minutes < 120:
        return ngettext("%(number)d minute", "%(number)d minutes", minutes) % {"number": minutes}
    if minutes < 2 * 24 * 60:
        hours = round(minutes / 60)
        return ngettext("%(number)d hour", "%(number)d hours", hours) % {"number": hours}
    days = round(minutes / (24 * 60))
    return ngettext("%(number)d day", "%(number)d days", days) % {"number": days}


def percent(share: float | None) -> str:
    """This function will write a share in per cent."""
    return "–" if share is None else f"{share:.2f} %"
