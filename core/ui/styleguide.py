"""Sample values for /styleguide/: every component in every state. Nothing here is read by another page."""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.ui import charts
from core.ui.forms import AccountNumberField, AmountField, CodeField, DateField, NameField, PortalForm


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
    note = forms.CharField(label=gettext_lazy("Note"), widget=forms.Textarea(attrs={"rows": 3}), required=False)
    speed = forms.ChoiceField(
        label=gettext_lazy("When"),
        widget=forms.RadioSelect,
        choices=[("now", gettext_lazy("Now")), ("later", gettext_lazy("On the next business day"))],
    )
    photo = forms.FileField(label=gettext_lazy("Photo of the document"), required=False)
    code = CodeField(label=gettext_lazy("Code from your authenticator app"))
    agreed = forms.BooleanField(label=gettext_lazy("I have read the terms"))


def context() -> dict[str, Any]:
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
