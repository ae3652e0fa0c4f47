"""The words of an article, both languages side by side."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _

from accounts.guidance import texts
from accounts.guidance.subject import LABELS, LANGUAGES
from core.ui.forms import PortalForm, TextField

ROWS = {"summary": 3, "needs": 4, "cost": 2, "time": 2, "steps": 8, "more": 6}


class WordsForm(PortalForm):
    """One field for each part and language; `texts` gives them as an edition keeps them."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for code, language in LANGUAGES.items():
            for part in texts.PARTS:
                widget = forms.Textarea(attrs={"rows": ROWS[part]}) if part in ROWS else forms.TextInput()
                name = f"{LABELS[part]} · {language}"
                hint = _("One thing a line.") if part in texts.LINES else ""
                self.fields[f"{part}_{texts.LANGUAGES[code]}"] = TextField(
                    label=name,
                    widget=widget,
                    help_text=hint,
                    max_length=texts.LONGEST[part],
                    required=part not in texts.MAY_BE_EMPTY,
                    error_messages={"required": _("“%(part)s” is still empty") % {"part": name}},
                )

    @classmethod
    def given(cls, kept: texts.Texts) -> dict[str, str]:
        """This function will give an edition's words as the form starts with them."""
        return {
            f"{part}_{short}": kept.get(code, {}).get(part, "")
            for code, short in texts.LANGUAGES.items()
            for part in texts.PARTS
        }

    @property
    def pairs(self) -> list[tuple[Any, Any]]:
        """The fields of each part beside one another: Chinese, English."""
        return [(self[f"{part}_zh"], self[f"{part}_en"]) for part in texts.PARTS]

    @property
    def texts(self) -> texts.Texts:
        return {
            code: {part: self.cleaned_data[f"{part}_{short}"].replace("\r\n", "\n").strip() for part in texts.PARTS}
            for code, short in texts.LANGUAGES.items()
        }
