"""What of the facts a manager asks for."""

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from analytics.queries import Cut, Period, next_month
from core.ui import formats
from core.ui.forms import PortalForm
from ledger.models import Entry

ALL = "all"


class CutForm(PortalForm):
    """Months, district and channel. What is not said is the last twelve months, everywhere, through every channel."""

    first = forms.ChoiceField(label=_("From month"))
    last = forms.ChoiceField(label=_("To month"))
    district = forms.ChoiceField(label=_("District"))
    channel = forms.ChoiceField(label=_("Channel"))

    def __init__(self, data: Any, *, months: list[date], districts: dict[int, str]) -> None:
        self.usual = usual = usual_period(months)
        given = {
            "first": data.get("first") or usual.first.strftime("%Y-%m"),
            "last": data.get("last") or usual.last.strftime("%Y-%m"),
            "district": data.get("district") or ALL,
            "channel": data.get("channel") or ALL,
        }
        super().__init__(given)
        language = get_language()
        named = [(month.strftime("%Y-%m"), formats.month(month, language)) for month in reversed(months)]
        for name in ("first", "last"):
            self._choose(name, named, _("There are no figures for this month; choose one from the list"))
        everywhere = [(ALL, _("All districts")), *((str(number), name) for number, name in districts.items())]
        self._choose("district", everywhere, _("This district is not known here; choose one from the list"))
        channels = [(ALL, _("All channels")), *Entry.Channel.choices]
        self._choose("channel", channels, _("This channel is not known here; choose one from the list"))

    def _choose(self, name: str, choices: list[tuple[str, Any]], otherwise: Any) -> None:
        field = self.fields[name]
        if isinstance(field, forms.ChoiceField):
            field.choices = choices
            field.error_messages["invalid_choice"] = otherwise

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        first, last = cleaned.get("first"), cleaned.get("last")
        if first and last and first > last:
            self.add_error("first", _("The first month is after the last; choose an earlier one"))
        return cleaned

    def cut(self) -> Cut:
        """This method will answer what is asked for, or the usual cut when the question cannot be answered."""
        if not self.is_valid():
            return Cut(self.usual)
        asked = self.cleaned_data
        return Cut(
            Period(_month(asked["first"]), _month(asked["last"])),
            district=None if asked["district"] == ALL else int(asked["district"]),
            channel="" if asked["channel"] == ALL else asked["channel"],
        )


def usual_period(months: list[date]) -> Period:
    """This function will answer the last twelve months, beginning with the first of them that has facts."""
    last = months[-1]
    year_ago = next_month(date(last.year - 1, last.month, 1))
    return Period(next(month for month in months if month >= year_ago), last)


def _month(text: str) -> date:
    year, month = text.split("-")
    return date(int(year), int(month), 1)
