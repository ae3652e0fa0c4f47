"""What is asked on the page of preferences."""

from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from accounts.preferences.models import Preferences
from core.ui import look as looks
from core.ui.forms import PortalForm
from core.ui.styleguide import COLOUR_NAMES

SIZE_NAMES = {100: _("Usual"), 125: _("Larger"), 150: _("Large"), 200: _("Twice the size")}


class LookForm(PortalForm):
    """Language, light or dark, theme colour, size of type, layout, amounts."""

    language = forms.ChoiceField(label=_("Language"), widget=forms.RadioSelect)
    mode = forms.ChoiceField(
        label=_("Light or dark"),
        widget=forms.RadioSelect,
        choices=[
            ("system", Preferences.Mode.SYSTEM.label),
            ("light", Preferences.Mode.LIGHT.label),
            ("dark", Preferences.Mode.DARK.label),
        ],
    )
    colour = forms.ChoiceField(
        label=_("Theme colour"), widget=forms.RadioSelect, choices=[(key, COLOUR_NAMES[key]) for key in looks.COLOURS]
    )
    size = forms.TypedChoiceField(
        label=_("Size of type"),
        widget=forms.RadioSelect,
        coerce=int,
        choices=[(size, SIZE_NAMES[size]) for size in looks.SIZES],
    )
    simple = forms.BooleanField(
        label=_("Large print"),
        help_text=_("Large type and buttons, few things on a page, and a telephone number on each."),
        required=False,
    )
    covered = forms.BooleanField(
        label=_("Cover amounts at first"),
        help_text=_("Every amount is covered until you press the eye at the top."),
        required=False,
    )

    def __init__(self, *args: Any, staff: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        names = {"zh-hans": "中文", "en": "English"}  # each in its own language, so that its readers find it
        self.fields["language"].choices = [(key, names.get(key, name)) for key, name in settings.LANGUAGES]  # type: ignore[attr-defined]
        if staff:  # the back office has one layout
            del self.fields["simple"]

    def choices(self) -> dict[str, Any]:
        """This function will give what was chosen, as accounts.preferences.services keeps it."""
        found = dict(self.cleaned_data)
        found["mode"] = "" if found["mode"] == "system" else found["mode"]
        return found
