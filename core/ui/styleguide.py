"""Sample values for /styleguide/: every component in every state. Nothing here is read by another page."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.ui import charts
from core.ui import look as looks
from core.ui.forms import AccountNumberField, AmountField, CodeField, DateField, NameField, PortalForm
from core.ui.look import Look


@dataclass(frozen=True)
class Sample:
    """An amount as the tags want one."""

    decimal: Decimal
    currency: str


class SampleForm(PortalForm):
    """One of each kind of field."""

    name = NameField(label=gettext_lazy("Payee's name"), help_text=gettext_lazy("As the bank of the payee knows it"))
    number = AccountNumberField(label=gettext_lazy("Account number"))
    amount = AmountField(label=gettext_lazy("Amount"), help_text=gettext_lazy("For example 1,234.50 or 1.5万"))
    day = DateField(label=gettext_lazy("Date"), help_text=gettext_lazy("For example 1990-03-05"))
    purpose = forms.ChoiceField(
        label=gettext_lazy("Purpose"),
        choices=[("", gettext_lazy("Choose")), ("rent", gettext_lazy("Rent")), ("family", gettext_lazy("Family"))],
    )
    note = forms.CharField(
        label=gettext_lazy("Note"), widget=forms.Textarea(attrs={"rows": 3}), required=False, max_length=500
    )
    speed = forms.ChoiceField(
        label=gettext_lazy("When"),
        widget=forms.RadioSelect,
        choices=[("now", gettext_lazy("Now")), ("later", gettext_lazy("On the next business day"))],
    )
    photo = forms.FileField(label=gettext_lazy("Photo of the document"), required=False)
    code = CodeField(label=gettext_lazy("Code from your authenticator app"))
    agreed = forms.BooleanField(label=gettext_lazy("I have read the terms"))


COLOUR_NAMES = {
    "lantern": gettext_lazy("Lantern green"),
    "indigo": gettext_lazy("Porcelain blue"),
    "plum": gettext_lazy("Wisteria"),
    "sandalwood": gettext_lazy("Sandalwood"),
    "contrast": gettext_lazy("Strong contrast"),
}


def look_of(asked: Mapping[str, str], seen: Look) -> Look:
    """Give the look an address asks for, on top of the reader's own: mode, colour, size, simple=on|off."""
    size = asked.get("size", "")
    changes: dict[str, Any] = {name: asked[name] for name in ("mode", "colour") if name in asked}
    if size.isascii() and size.isdigit() and len(size) < 4:
        changes["size"] = int(size)
    if "simple" in asked:
        changes["simple"] = asked["simple"] == "on"
    return seen.with_(**changes)


def looks_to_try(seen: Look) -> list[tuple[str, list[tuple[Any, str, bool]]]]:
    """Give the rows of links on top of the page: every theme, mode, size and layout, the others as they are."""

    def address(**changes: Any) -> str:
        one = seen.with_(**changes)
        simple = "on" if one.simple else "off"
        return f"?mode={one.mode or 'system'}&colour={one.colour}&size={one.size}&simple={simple}"

    return [
        (_("Theme colour"), [(COLOUR_NAMES[c], address(colour=c), c == seen.colour) for c in looks.COLOURS]),
        (
            _("Light or dark"),
            [
                (_("As my device"), address(mode=""), seen.mode == ""),
                (_("Light"), address(mode="light"), seen.mode == "light"),
                (_("Dark"), address(mode="dark"), seen.mode == "dark"),
            ],
        ),
        (_("Size of type"), [(f"{size} %", address(size=size), size == seen.size) for size in looks.SIZES]),
        (
            _("Layout"),
            [
                (_("Full"), address(simple=False), not seen.simple),
                (_("Large print"), address(simple=True), seen.simple),
            ],
        ),
    ]


def context(seen: Look) -> dict[str, Any]:
    """Give the samples."""
    wrong = SampleForm(
        {"name": "123", "number": "6222 ?", "amount": "-5", "day": "03/05/1990", "note": _("Thank you")},
        auto_id="wrong_%s",
    )
    labels = ["1", "2", "3", "4", "5", "6"]
    single = [charts.Series(_("Movements"), (120, 180, 150, 220, 260, 240))]
    several = [
        charts.Series(_("Money in"), (Decimal("90.5"), 120, 130, None, 170, 180)),
        charts.Series(_("Money out"), (60, 70, 95, 90, 120, 110)),
    ]
    return {
        "looks": looks_to_try(seen),
        "colours": [(key, COLOUR_NAMES[key], key == seen.colour) for key in looks.COLOURS],
        "bar_chart": charts.bars(key="sg-bars", title=_("Movements by month"), labels=labels, series=single),
        "bar_words": charts.describe(labels=labels, series=single),
        "line_chart": charts.lines(
            key="sg-lines", title=_("Money in and out by month"), labels=labels, series=several, money=True
        ),
        "line_words": charts.describe(labels=labels, series=several),
        "plain": SampleForm(auto_id="plain_%s"),
        "wrong": wrong,
        "incoming": Sample(Decimal("1234567.89"), "CNY"),
        "outgoing": Sample(Decimal("-88.00"), "CNY"),
        "crowns": Sample(Decimal("-1234.50"), "CZK"),
        "yen": Sample(Decimal(120000), "JPY"),
        "nothing": Sample(Decimal("0.00"), "CNY"),
        "day": date(2026, 3, 5),
        "moment": datetime(2026, 3, 5, 6, 5, tzinfo=UTC),
        "steps": [
            {"title": _("Application received"), "state": "done", "at": datetime(2026, 3, 5, 6, 5, tzinfo=UTC)},
            {"title": _("A reviewer is looking at it"), "state": "now", "text": _("Answer promised by 6 March")},
            {"title": _("Account open"), "state": "next"},
        ],
        "stopped": [
            {"title": _("Application received"), "state": "done"},
            {"title": _("Turned down"), "state": "stopped", "text": _("The photo could not be read")},
        ],
        "rows": [
            {"key": _("To"), "value": "王小明", "change_url": "#summary", "change_what": _("the payee")},
            {"key": _("Account number"), "value": "6222 0210 0100 0000 123"},
        ],
        "tab_items": [(_("Transactions"), "#tabs", True), (_("Details"), "#tabs-2", False)],
        "crumbs": [(_("Accounts"), "#crumbs")],
        "states": [
            ("good", _("Done")),
            ("waiting", _("Waiting for review")),
            ("bad", _("Turned down")),
            ("info", _("New")),
        ],
        "icons": ICONS,
    }


SPRITE = Path(__file__).resolve().parent.parent.parent / "static" / "img" / "icons.svg"
ICONS = re.findall(r'<symbol id="([a-z-]+)"', SPRITE.read_text())
