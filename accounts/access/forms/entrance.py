"""Registering, signing in, sent codes, passwords; allauth's forms where there are any, in the bank's words."""

from datetime import datetime
from typing import Any

from allauth.account import forms as allauth_forms
from allauth.account.adapter import get_adapter
from django import forms
from django.conf import settings
from django.core.exceptions import ValidationError
from django.utils import translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts import contacts
from accounts.access import services
from accounts.access.passwords import LONGEST, LongEnough
from accounts.contacts import Contact, Kind
from accounts.models import User
from core.ui.forms import CodeField, PortalForm
from core.ui.forms.base import PortalFormMixin

CONTACT_LENGTH = 254


class ContactField(forms.CharField):
    """An e-mail address or a mobile number as people type them. Cleaned: the contact, or its text for allauth."""

    default_error_messages = {
        "email": gettext_lazy("An e-mail address looks like name@example.com, a mobile number like 138 0001 2345"),
        "phone": gettext_lazy(
            "A mobile number has 11 digits, like 138 0001 2345. One from abroad begins with + and its country."
        ),
    }

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("label", gettext_lazy("E-mail or mobile number"))
        super().__init__(max_length=CONTACT_LENGTH, **kwargs)

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        return {
            **super().widget_attrs(widget),
            "autocomplete": "username",
            "autocapitalize": "none",
            "spellcheck": "false",
        }

    def read(self, text: str) -> Contact:
        """This function will read what was typed. Raises ValidationError."""
        try:
            return contacts.read(text)
        except contacts.NotAContact as error:
            raise ValidationError(self.error_messages[error.like.value], code=error.like.value) from error

    def clean(self, value: Any) -> Contact | None:
        text = super().clean(value)
        return self.read(text) if text else None


class SignInField(ContactField):
    """The same, cleaned to the text by which allauth looks people up."""

    def clean(self, value: Any) -> str:  # type: ignore[override]
        contact = super().clean(value)
        return contact.value if contact else ""


class NewContactField(ContactField):
    """An address, or a number: one of the two is asked for."""

    def __init__(self, *, kind: Kind, **kwargs: Any) -> None:
        self.kind = kind
        super().__init__(**kwargs)

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        way = {"autocomplete": "tel", "inputmode": "tel"} if self.kind is Kind.PHONE else {"autocomplete": "email"}
        return {**super().widget_attrs(widget), **way}

    def read(self, text: str) -> Contact:
        try:
            return contacts.phone(text) if self.kind is Kind.PHONE else contacts.email(text)
        except contacts.NotAContact as error:
            raise ValidationError(self.error_messages[error.like.value], code=error.like.value) from error


class PasswordField(forms.CharField):
    """A password: pasted, with spaces, in any script, up to 128 characters; nothing is cut off."""

    def __init__(self, *, new: bool = False, **kwargs: Any) -> None:
        widget = forms.PasswordInput(attrs={"autocomplete": "new-password" if new else "current-password"})
        super().__init__(strip=False, widget=widget, **kwargs)
        self.validators.append(_not_too_long)


def _not_too_long(value: str) -> None:
    if len(value) > LONGEST:
        raise ValidationError(
            _("This is longer than %(number)d characters. Shorten it a little.") % {"number": LONGEST}, code="long"
        )


def _password_hint() -> str:
    return LongEnough(min_length=12).get_help_text()


class LoginForm(PortalFormMixin, allauth_forms.LoginForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["login"] = SignInField()
        self.fields["password"] = PasswordField(label=_("Password"))
        self.order_fields(["login", "password"])
        _name_empty(self)


class SignupForm(PortalForm):
    """Where we reach somebody, a password, a language. Whether they are registered already shows nowhere."""

    contact = ContactField(
        help_text=gettext_lazy("We send a six-digit code there to make sure it is yours. Numbers from abroad with +.")
    )
    password1 = PasswordField(new=True, label=gettext_lazy("Password"))
    language = forms.ChoiceField(
        label=gettext_lazy("Language"),
        widget=forms.RadioSelect,
        choices=[("zh-hans", "中文"), ("en", "English")],
        help_text=gettext_lazy("In which we write to you. You can change it at any time."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["password1"].help_text = _password_hint()
        self.initial.setdefault("language", translation.get_language() or settings.LANGUAGE_CODE)
        _name_empty(self)

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        contact, password = cleaned.get("contact"), cleaned.get("password1")
        if contact and password:
            somebody = User(email=None if contact.is_phone else contact.value)
            somebody.keep_phone(contact if contact.is_phone else None)
            try:
                get_adapter().clean_password(password, user=somebody)
            except ValidationError as error:
                self.add_error("password1", error)
        return cleaned

    def register(self, *, now: datetime) -> User | None:
        """This function will register somebody new, or do as much work and answer None."""
        try:
            return services.register(
                contact=self.cleaned_data["contact"],
                password=self.cleaned_data["password1"],
                language=self.cleaned_data["language"],
                now=now,
            )
        except services.AlreadyRegistered:
            return None


class SentCodeForm(PortalForm):
    """Six digits that were sent by mail or as a text message."""

    code = CodeField(label=gettext_lazy("Code"))


class ResetPasswordForm(PortalForm):
    contact = ContactField()

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _name_empty(self)


class ChangeContactForm(PortalForm):
    """A new address, or a new number."""

    def __init__(self, *args: Any, kind: Kind, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        label = _("New mobile number") if kind is Kind.PHONE else _("New e-mail address")
        self.fields["contact"] = NewContactField(kind=kind, label=label)
        _name_empty(self)


class NewPasswordForm(PortalFormMixin, allauth_forms.ResetPasswordKeyForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _one_new_password(self)


class ChangePasswordForm(PortalFormMixin, allauth_forms.ChangePasswordForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["oldpassword"] = PasswordField(label=_("Present password"))
        _one_new_password(self)
        self.order_fields(["oldpassword", "password1"])


class PasswordAgainForm(PortalFormMixin, allauth_forms.ReauthenticateForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["password"] = PasswordField(label=_("Password"))
        _name_empty(self)


def _one_new_password(form: Any) -> None:
    """Ask for a new password once: it can be shown and pasted, so a second box only costs time."""
    field = form.fields["password1"]
    field.label, field.help_text = _("New password"), _password_hint()
    field.validators.append(_not_too_long)
    field.widget.attrs.pop("placeholder", None)
    del form.fields["password2"]
    _name_empty(form)


def _name_empty(form: Any) -> None:
    for field in form.fields.values():
        field.error_messages["required"] = _("“%(label)s” is still empty") % {"label": field.label}
