"""Registering, signing in, codes by mail, passwords. allauth's forms, asking less and in the bank's words."""

import unicodedata
from typing import Any

from allauth.account import forms as allauth_forms
from allauth.account.adapter import get_adapter
from allauth.account.internal.flows.signup import prevent_enumeration
from allauth.core import context
from allauth.core.internal import ratelimit
from allauth.core.internal.cryptokit import compare_user_code
from django import forms
from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.access import services
from accounts.access.passwords import LONGEST, LongEnough
from accounts.models import User
from core.ui.forms import CodeField
from core.ui.forms.base import PortalFormMixin

EMAIL_LENGTH = 254


class EmailField(forms.EmailField):
    """An e-mail address as people type it: full-width signs and spaces around it are fine."""

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("label", gettext_lazy("E-mail address"))
        super().__init__(max_length=EMAIL_LENGTH, **kwargs)
        self.error_messages["invalid"] = gettext_lazy("An e-mail address looks like name@example.com")

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        return {**super().widget_attrs(widget), "autocomplete": "username", "inputmode": "email", "spellcheck": "false"}

    def to_python(self, value: Any) -> str:
        text = unicodedata.normalize("NFKC", value) if isinstance(value, str) else value
        return super().to_python(text) or ""

    def clean(self, value: Any) -> str:
        return str(super().clean(value)).lower()


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
        self.fields["login"] = EmailField()
        self.fields["password"] = PasswordField(label=_("Password"))
        self.order_fields(["login", "password"])
        _name_empty(self)


class SignupForm(PortalFormMixin, allauth_forms.SignupForm):
    language = forms.ChoiceField(label=gettext_lazy("Language"), widget=forms.RadioSelect)
    field_order = ("email", "password1", "language")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["email"] = EmailField(help_text=_("We send a six-digit code there to make sure it is yours."))
        self.fields["password1"] = PasswordField(new=True, label=_("Password"), help_text=_password_hint())
        language = self.fields["language"]
        language.choices = [("zh-hans", "中文"), ("en", "English")]  # type: ignore[attr-defined]
        language.help_text = _("In which we write to you. You can change it at any time.")
        self.initial.setdefault("language", translation.get_language() or settings.LANGUAGE_CODE)
        self.order_fields(self.field_order)
        _name_empty(self)

    def try_save(self, request: HttpRequest) -> tuple[User | None, HttpResponse | None]:
        """Register, or do the same work and give the same answer to somebody who is registered already."""
        email, password = self.cleaned_data["email"], self.cleaned_data["password1"]
        if not self.account_already_exists:
            try:
                user = services.register(
                    email=email, password=password, language=self.cleaned_data["language"], now=timezone.now()
                )
            except services.AlreadyRegistered:
                pass
            else:
                return user, None
        else:
            make_password(password)  # a new person's password takes as long
        return None, prevent_enumeration(request, email=email)


class _MailedCode(PortalFormMixin):
    """A code that was mailed. Tries are counted per address and purpose, whether or not anybody has the address."""

    purpose = ""
    email: str
    expected_code: str | None
    cleaned_data: dict[str, Any]

    def _check(self, *, known: bool) -> str:
        usage = ratelimit.consume(context.request, app="allauth.account", action=self.purpose, key=self.email.lower())
        if not usage:
            raise ValidationError(_("Too many wrong codes. Wait ten minutes, then start again."), code="too_many")
        code: str = self.cleaned_data["code"]
        right = compare_user_code(actual=code, expected=self.expected_code or "")
        if not (right and known):
            raise get_adapter().validation_error("incorrect_code")
        usage.rollback()
        return code


class ConfirmEmailForm(_MailedCode, allauth_forms.ConfirmEmailVerificationCodeForm):
    purpose = "verify_code"

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["code"] = CodeField(label=_("Code from the e-mail"))

    def clean_code(self) -> str:
        return self._check(known=self.user is not None)


class ConfirmResetForm(_MailedCode, allauth_forms.ConfirmPasswordResetCodeForm):
    purpose = "reset_code"

    def __init__(self, *args: Any, email: str = "", **kwargs: Any) -> None:
        self.email = email
        super().__init__(*args, **kwargs)
        self.fields["code"] = CodeField(label=_("Code from the e-mail"))

    def clean_code(self) -> str:
        return self._check(known=True)  # an unknown person's code is empty and equals nothing


class ResetPasswordForm(PortalFormMixin, allauth_forms.ResetPasswordForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["email"] = EmailField()
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
