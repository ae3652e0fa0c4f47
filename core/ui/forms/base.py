"""The base of every form: the server judges, errors are sentences, and what was typed is kept."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.forms.boundfield import BoundField
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from core.ui import typed

_DJANGOS_REQUIRED = forms.Field.default_error_messages["required"]
_CHOICES = (forms.ChoiceField, forms.ModelChoiceField)


class PortalFormMixin:
    """What PortalForm and PortalModelForm add to Django's own.

    - no browser bubbles: `required` is not written into the page, the form tag carries `novalidate`;
    - a text with NUL or half a surrogate pair is refused with a sentence, whatever the field;
    - an empty field names itself instead of "This field is required.";
    - `error_lines` feeds the summary on top of the page.
    """

    use_required_attribute = False
    template_name = "components/form_fields.html"
    label_suffix = ""
    error_css_class = "field-wrong"
    fields: dict[str, forms.Field]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("label_suffix", "")
        super().__init__(*args, **kwargs)
        for name, field in self.fields.items():
            if field.error_messages.get("required") == _DJANGOS_REQUIRED:
                label = field.label or name.replace("_", " ")
                if isinstance(field, _CHOICES):
                    field.error_messages["required"] = _("Nothing is chosen at “%(label)s”") % {"label": label}
                else:
                    field.error_messages["required"] = _("“%(label)s” is still empty") % {"label": label}

    def _clean_fields(self) -> None:
        unreadable = [name for name, bound in self._bound_items() if _unreadable(bound)]  # type: ignore[attr-defined]
        super()._clean_fields()  # type: ignore[misc]
        for name in unreadable:
            self._errors.pop(name, None)  # type: ignore[attr-defined]
            self.add_error(name, ValidationError(UNREADABLE, code="unreadable"))  # type: ignore[attr-defined]

    @property
    def error_lines(self) -> list[tuple[str, str]]:
        """Every error once, in the order of the fields: (id of the field or "", sentence)."""
        lines: list[tuple[str, str]] = [("", str(error)) for error in self.non_field_errors()]  # type: ignore[attr-defined]
        for bound in self:  # type: ignore[attr-defined]
            lines.extend((target(bound), str(error)) for error in bound.errors)
        return lines


UNREADABLE = gettext_lazy("This contains a character that cannot be stored. Type it again rather than pasting it")


def target(bound: BoundField) -> str:
    """Give the id an error summary links to: the input, or the first one of a group."""
    if bound.is_hidden:
        return ""
    if bound.field.widget.id_for_label(bound.auto_id):
        return bound.id_for_label
    subwidgets = bound.subwidgets
    return subwidgets[0].id_for_label if subwidgets else bound.auto_id


def _unreadable(bound: BoundField) -> bool:
    values = bound.data if isinstance(bound.data, list | tuple) else [bound.data]
    return any(isinstance(value, str) and not typed.readable(value) for value in values)


class PortalForm(PortalFormMixin, forms.Form):
    """A form of the portal."""


class PortalModelForm(PortalFormMixin, forms.ModelForm):
    """A form of the portal over one model."""
