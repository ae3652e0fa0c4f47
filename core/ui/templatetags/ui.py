"""The components as tags: `{% load ui %}`. docs/look.md shows each with an example; /styleguide/ draws them all.

A misspelt argument is an error when the page is drawn, not a silent blank: every tag is a function with named
arguments.
"""

from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache
from typing import Any

from django import forms, template
from django.conf import settings
from django.forms.boundfield import BoundField
from django.template.context import Context
from django.templatetags.static import static
from django.utils import timezone
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from core.ui import formats, frame, menu, reader
from core.ui import look as looks
from core.ui.forms.base import target
from core.ui.look import Look

register = template.Library()

SIZES = {"": "", "medium": " amount-medium", "large": " amount-large"}
TONES = {"": "info", "info": "info", "good": "done", "warning": "warning", "bad": "bad"}
STATES = {"good": "check", "waiting": "clock", "bad": "close", "info": "info", "": ""}


# ── Figures and dates ────────────────────────────────────────────────────────


@register.simple_tag
def amount(money: Any, sign: str = "auto", size: str = "", tone: bool = False) -> SafeString:
    """Draw a sum of money: anything with `.decimal` and `.currency`.

    `sign`: auto (a minus where it is one), always (+ and −), never. `size`: "", medium, large.
    `tone=True` draws money that came in in its colour; the sign says the same.
    """
    return amount_html(money.decimal, money.currency, sign=sign, size=size, tone=tone)


def amount_html(value: Decimal, currency: str, *, sign: str = "auto", size: str = "", tone: bool = False) -> SafeString:
    """Draw a sum of money from its parts; pages that are drawn very often use this without the tag."""
    symbol = formats.SYMBOLS.get(currency)
    if symbol:
        unit = f'<span class="amount-symbol">{symbol}</span>'
    else:
        unit = f'<span class="amount-currency">{escape(currency)}</span> '
    classes = "amount" + SIZES[size] + (" amount-credit" if tone and value > 0 else "")
    return mark_safe(
        f'<data class="{classes}" value="{value:f}">'
        f"<span>{formats.sign(value, sign)}{unit}{formats.figure(value)}</span></data>"
    )


@register.simple_tag
def when(value: date | datetime | None, style: str = "") -> SafeString:
    """Draw a date, or a moment with its time of day, in the reader's language and the bank's time zone.

    `style`: "" (a date as a day, a datetime with its time), day, short, month.
    """
    if value is None:
        return mark_safe("")
    language = get_language()
    if isinstance(value, datetime):
        value = timezone.localtime(value) if timezone.is_aware(value) else value
        stamp = value.isoformat(timespec="minutes")
    else:
        stamp = value.isoformat()
    if style == "month":
        text = formats.month(value, language)
        stamp = stamp[:7]
    elif style == "short":
        text = formats.short_day(value, language)
    elif style == "day" or not isinstance(value, datetime):
        text = formats.day(value, language)
    elif style == "":
        text = formats.moment(value, language)
    else:
        raise ValueError(f"unknown style {style!r}")
    return mark_safe(f'<time datetime="{stamp}">{text}</time>')


# ── Small marks ──────────────────────────────────────────────────────────────


@lru_cache(maxsize=4)
def _sprite(url: str) -> str:
    return static(url)


@register.simple_tag
def icon(name: str, label: str = "", size: str = "") -> SafeString:
    """Draw an icon of static/img/icons.svg. It is decoration unless `label` gives it words."""
    told = f' role="img" aria-label="{escape(label)}"' if label else ' aria-hidden="true"'
    classes = "icon icon-large" if size == "large" else "icon"
    return mark_safe(
        f'<svg class="{classes}" focusable="false"{told}>'
        f'<use href="{_sprite("img/icons.svg")}#{escape(name)}"></use></svg>'
    )


@register.simple_tag
def status(text: str, state: str = "info") -> SafeString:
    """Draw a status: a word with an icon and a colour. `state`: good, waiting, bad, info."""
    mark = STATES[state]
    return mark_safe(f'<span class="status status-{state}">{icon(mark) if mark else ""}{escape(text)}</span>')


# ── Blocks ───────────────────────────────────────────────────────────────────


@register.simple_block_tag
def notice(content: str, tone: str = "info", title: str = "", live: bool = False) -> SafeString:
    """Draw a notice around its content. `tone`: info, good, warning, bad. `live` has it read out when it appears."""
    head = f'<p class="notice-title">{escape(title)}</p>' if title else ""
    role = ' role="status"' if live else ""
    return mark_safe(
        f'<div class="notice notice-{tone or "info"}"{role}>{icon(TONES[tone])}'
        f'<div class="notice-body">{head}{content}</div></div>'
    )


@register.inclusion_tag("components/empty.html")
def empty(
    title: str, text: str = "", icon: str = "lantern", url: str = "", action: str = "", level: int = 2
) -> dict[str, Any]:
    """Draw an empty state: what this is for, and one button."""
    return {"title": title, "text": text, "icon": icon, "url": url, "action": action, "level": level}


@register.inclusion_tag("components/back.html")
def back(url: str, text: str = "") -> dict[str, Any]:
    """Draw the link back to the page above."""
    return {"url": url, "text": text or _("Back")}


@register.inclusion_tag("components/breadcrumb.html")
def breadcrumb(items: list[tuple[str, str]], current: str = "") -> dict[str, Any]:
    """Draw where the reader is: (text, url) pairs from the top, then the page's own name."""
    return {"items": items, "current": current}


@register.inclusion_tag("components/tabs.html")
def tabs(items: list[tuple[str, str, bool]], label: str) -> dict[str, Any]:
    """Draw links to sister pages: (text, url, is current)."""
    return {"items": items, "label": label}


@register.inclusion_tag("components/summary.html")
def summary(rows: list[dict[str, Any]]) -> dict[str, Any]:
    """Draw a summary list: dicts with `key`, `value` (text or drawn by a tag), also `change_url`, `change_what`."""
    return {"rows": rows}


@register.inclusion_tag("components/timeline.html")
def timeline(steps: list[dict[str, Any]]) -> dict[str, Any]:
    """Draw how far something has come: dicts with `title`, `state` (done, now, next, stopped), `at`, `text`."""
    return {"steps": steps}


@register.inclusion_tag("components/pagination.html")
def pagination(newer: str = "", older: str = "", newer_text: str = "", older_text: str = "") -> dict[str, Any]:
    """Draw links to the newer and the older page of a list that is read by position."""
    return {
        "newer": newer,
        "older": older,
        "newer_text": newer_text or _("Newer"),
        "older_text": older_text or _("Older"),
    }


# ── Forms ────────────────────────────────────────────────────────────────────


@register.inclusion_tag("components/error_summary.html")
def error_summary(form: forms.BaseForm | None, *more: forms.BaseForm) -> dict[str, Any]:
    """Draw every error of one or more forms on top of the page, each a link to its field; nothing without errors."""
    lines: list[tuple[str, str]] = []
    for one in (form, *more):
        if one is None or not one.is_bound or not one.errors:
            continue
        lines.extend(("", str(error)) for error in one.non_field_errors())
        for bound in one:
            lines.extend((target(bound), str(error)) for error in bound.errors)
    return {"lines": lines}


@register.inclusion_tag("components/field.html")
def field(bound: BoundField, label: str = "", hint: str = "", short: bool = False) -> dict[str, Any]:
    """Draw one field of a form: label above, hint, error sentence, input. `label` and `hint` replace the form's own."""
    return field_context(bound, label=label, hint=hint, short=short)


def field_context(bound: BoundField, *, label: str = "", hint: str = "", short: bool = False) -> dict[str, Any]:
    """Work out what components/field.html draws."""
    widget = bound.field.widget
    if isinstance(widget, forms.CheckboxInput):
        kind = "check"
    elif isinstance(widget, forms.RadioSelect | forms.CheckboxSelectMultiple):
        kind = "choices"
    elif bound.use_fieldset:
        kind = "group"
    else:
        kind = "text"
    described = [f"{bound.auto_id}_helptext"] if hint or bound.help_text else []
    if bound.errors:
        described.append(f"{bound.auto_id}_error")
    attrs: dict[str, str | bool] = {}
    if described and kind in {"text", "check"}:
        attrs["aria-describedby"] = " ".join(described)
    currency = getattr(bound.field, "currency", "")
    return {
        "bound": bound,
        "kind": kind,
        "label": label or bound.label,
        "hint": hint or bound.help_text,
        "optional": not bound.field.required and kind != "check",
        "control": bound.as_widget(attrs=attrs) if kind != "choices" else "",
        "described": " ".join(described),
        "unit": formats.SYMBOLS.get(currency, currency),
        "short": short,
    }


# ── The frame ────────────────────────────────────────────────────────────────


@register.simple_tag
def constant(name: str, **blanks: object) -> SafeString:
    """Draw a template that depends on the reader's language alone; it is drawn once for each.

    `blanks` are values it prints: their places are kept open and filled in every time.
    """
    return frame.part(name, facts={"language": get_language() or ""}, blanks=blanks)


@register.simple_tag(takes_context=True)
def reader_look(context: Context) -> Look:
    """Give the look of whoever reads this page: `{% reader_look as look %}` once, on top of base.html."""
    return reader.of(context.get("request")).look


@register.simple_tag(takes_context=True)
def root(context: Context, from_cookie: bool = False) -> SafeString:
    """Draw the attributes of <html> that carry the look. `from_cookie`: without asking who is signed in."""
    if from_cookie:
        request = context.get("request")
        return mark_safe(looks.attributes(looks.from_cookies(request.COOKIES) if request is not None else Look()))
    return mark_safe(looks.attributes(reader.of(context.get("request")).look))


@register.simple_tag(takes_context=True)
def bar(context: Context) -> SafeString:
    """Draw the bar at the top for this reader."""
    user = context.get("user")
    signed_in = bool(user is not None and user.is_authenticated)
    facts, blanks = _framed(context)
    facts |= {"html_lang": context.get("html_lang") or "", "signed_in": signed_in}
    if facts["simple"]:
        return frame.part("ui/bar_simple.html", facts=facts, blanks=blanks)
    if signed_in:
        facts["unread_count"] = min(unread(context), 100)  # 99+ from there on
        facts["staff"] = bool(user.is_staff)  # type: ignore[union-attr]
        blanks["email"] = user.email or str(user)  # type: ignore[union-attr]
    return frame.part("ui/bar.html", facts=facts, blanks=blanks)


@register.simple_tag(takes_context=True)
def foot(context: Context) -> SafeString:
    """Draw what stands under every page."""
    facts, blanks = _framed(context)
    user = context.get("user")
    facts |= _helpline(context)
    facts |= {
        "demo": bool(context.get("demo")),
        "signed_in": bool(user is not None and user.is_authenticated),
        "staff": bool(user is not None and user.is_staff),
    }
    name = "ui/foot_simple.html" if facts["simple"] else "ui/foot.html"
    return frame.part(name, facts=facts, blanks=blanks)


@register.simple_tag(takes_context=True)
def keys(context: Context) -> SafeString:
    """Draw the three large keys under every page of the simplified layout: home, a person, read aloud."""
    return frame.part("ui/keys.html", facts={"language": get_language() or "", **_helpline(context)})


def _helpline(context: Context) -> dict[str, frame.Fact]:
    brand = context.get("brand") or {}
    return {"phone": brand.get("phone", ""), "tel": brand.get("tel", "")}


def _framed(context: Context) -> tuple[dict[str, frame.Fact], dict[str, object]]:
    """What bar and foot have in common: the bank's name, and the forms that change the look."""
    request = context.get("request")
    look = reader.of(request).look
    facts: dict[str, frame.Fact] = {
        "language": get_language() or "",
        "theme": look.mode,
        "simple": look.simple,
        "brand_name": (context.get("brand") or {}).get("name", ""),
    }
    here = request.get_full_path() if request is not None else ""
    return facts, {"csrf_token": context.get("csrf_token") or "", "here": here}


@register.simple_tag(takes_context=True)
def rail(context: Context) -> SafeString:
    """Draw the side rail for this reader."""
    return _menu(context, "ui/rail.html")


@register.simple_tag(takes_context=True)
def tabbar(context: Context) -> SafeString:
    """Draw the bar at the thumb for this reader."""
    return _menu(context, "ui/tabbar.html")


def _menu(context: Context, name: str) -> SafeString:
    request = context.get("request")
    if request is None:
        return mark_safe("")
    audiences = getattr(request, "audiences", None)
    if audiences is None:
        audiences = request.audiences = menu.audiences_of(request.user)
    return menu.drawn(name, get_language() or settings.LANGUAGE_CODE, audiences, menu.current_key(request.path))


@register.simple_tag(takes_context=True)
def unread(context: Context) -> int:
    """Give how many messages this reader has not opened. A page that knows already puts it in `unread_messages`."""
    known = context.get("unread_messages")
    if known is not None:
        return int(known)
    return reader.of(context.get("request")).unread
