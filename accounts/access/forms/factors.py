"""Second factors: typing a code, signing with a passkey, setting either up."""

import struct
from datetime import datetime
from typing import Any

from allauth.mfa.adapter import get_adapter
from allauth.mfa.base import forms as base_forms
from allauth.mfa.internal.flows.add import validate_can_add_authenticator
from allauth.mfa.models import Authenticator
from allauth.mfa.totp import forms as totp_forms
from allauth.mfa.webauthn import forms as webauthn_forms
from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.formats import time_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from accounts.access import codes, factors, services
from core.ui import typed
from core.ui.forms import CodeField, TextField
from core.ui.forms.base import UNREADABLE, PortalFormMixin

# What parsing a made-up credential may raise in the library.
MALFORMED = (AttributeError, IndexError, KeyError, TypeError, ValueError, OverflowError, struct.error)


class FactorCodeField(forms.CharField):
    """Six digits of the authenticator app, or a recovery code of ten."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(max_length=40, **kwargs)
        self.error_messages["required"] = gettext_lazy("Enter the code")

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        return {
            **super().widget_attrs(widget),
            "inputmode": "numeric",
            "autocomplete": "one-time-code",
            "class": "input-code",
            "spellcheck": "false",
        }

    def to_python(self, value: Any) -> str:
        text = super().to_python(value) or ""
        if not typed.readable(text):
            raise ValidationError(UNREADABLE, code="unreadable")
        code = codes.normalise(text)
        if code and not (code.isascii() and code.isdigit() and len(code) in {codes.DIGITS, codes.RECOVERY_DIGITS}):
            raise ValidationError(
                _("The app's code has %(app)d digits, a recovery code has %(recovery)d")
                % {"app": codes.DIGITS, "recovery": codes.RECOVERY_DIGITS},
                code="code",
            )
        return code


def wait_sentence(until: datetime) -> str:
    """This function will say until when no code is looked at."""
    return _("Too many wrong codes. Wait until %(time)s, then use a new one.") % {
        "time": time_format(timezone.localtime(until), "H:i:s")
    }


class _TypedFactor(PortalFormMixin):
    """allauth's code forms with the one verifier behind them: row lock, waiting times, no code twice."""

    where = ""
    user: Any
    cleaned_data: dict[str, Any]
    authenticator: Authenticator

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["code"] = FactorCodeField(label=_("Code from your authenticator app, or a recovery code"))

    def clean_code(self) -> str:
        code: str = self.cleaned_data["code"]
        now = timezone.now()
        verdict = factors.verify_code(user=self.user, code=code, now=now)
        if verdict.device is None:
            services.note_wrong_code(user=self.user, where=self.where, now=now)
            if verdict.wait_until:
                raise ValidationError(wait_sentence(verdict.wait_until), code="wait")
            raise get_adapter().validation_error("incorrect_code")
        self.authenticator = verdict.device.authenticator
        self.authenticator.user = self.user
        return code


class AuthenticateForm(_TypedFactor, base_forms.AuthenticateForm):
    where = "sign-in"


class ReauthenticateForm(_TypedFactor, base_forms.ReauthenticateForm):
    where = "reauthentication"


class _SignedFactor(PortalFormMixin):
    """allauth's passkey forms; whatever is posted as a credential, the answer is a sentence."""

    user: Any

    def clean_credential(self) -> Authenticator:
        try:
            authenticator: Authenticator = super().clean_credential()  # type: ignore[misc]
        except ValidationError:
            raise
        except MALFORMED as error:
            raise ValidationError(passkey_failed(), code="passkey") from error
        if self.user is not None:
            authenticator.user = self.user  # the very person who is signing in, so that the session is marked
        return authenticator


def passkey_failed() -> str:
    """This function will say that a passkey did not work."""
    return _("The passkey was not accepted. Try again, or use a code from your authenticator app.")


class AuthenticatePasskeyForm(_SignedFactor, webauthn_forms.AuthenticateWebAuthnForm):
    pass


class ReauthenticatePasskeyForm(_SignedFactor, webauthn_forms.ReauthenticateWebAuthnForm):
    pass


class LoginPasskeyForm(_SignedFactor, webauthn_forms.LoginWebAuthnForm):
    pass


class ActivateAppForm(PortalFormMixin, totp_forms.ActivateTOTPForm):
    """The first code of a new authenticator app. `step` is the half minute it belongs to, which is then used up."""

    step: int

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["code"] = CodeField(label=_("Code the app shows now"))

    def clean_code(self) -> str:
        validate_can_add_authenticator(self.user)
        code: str = self.cleaned_data["code"]
        step = codes.matching_step(secret=self.secret, code=code, moment=timezone.now(), after=-1)
        if step is None:
            raise ValidationError(
                _("This code does not belong to the key shown. Check that your phone's clock is right."),
                code="incorrect_code",
            )
        self.step = step
        return code


class AddPasskeyForm(PortalFormMixin, webauthn_forms._BaseAddWebAuthnForm):
    """A new passkey; it can always be used to sign in as well."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["name"] = TextField(
            label=_("Name of this passkey"),
            required=False,
            max_length=40,
            help_text=_("So that you recognise it later, for example “My phone”."),
        )

    def clean(self) -> dict[str, Any]:
        try:
            return dict(super().clean())
        except ValidationError:
            raise
        except MALFORMED as error:
            raise ValidationError(passkey_failed(), code="passkey") from error


class RenamePasskeyForm(PortalFormMixin, webauthn_forms.EditWebAuthnForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["name"] = TextField(label=_("Name of this passkey"), max_length=40)
