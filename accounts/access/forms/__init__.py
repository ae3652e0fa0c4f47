"""Forms about access. allauth finds them by the dotted paths in settings."""

from accounts.access.forms.entrance import (
    ChangePasswordForm,
    ConfirmEmailForm,
    ConfirmResetForm,
    LoginForm,
    NewPasswordForm,
    PasswordAgainForm,
    ResetPasswordForm,
    SignupForm,
)
from accounts.access.forms.factors import (
    ActivateAppForm,
    AddPasskeyForm,
    AuthenticateForm,
    AuthenticatePasskeyForm,
    ReauthenticateForm,
    ReauthenticatePasskeyForm,
    RenamePasskeyForm,
)

__all__ = [
    "ActivateAppForm",
    "AddPasskeyForm",
    "AuthenticateForm",
    "AuthenticatePasskeyForm",
    "ChangePasswordForm",
    "ConfirmEmailForm",
    "ConfirmResetForm",
    "LoginForm",
    "NewPasswordForm",
    "PasswordAgainForm",
    "ReauthenticateForm",
    "ReauthenticatePasskeyForm",
    "RenamePasskeyForm",
    "ResetPasswordForm",
    "SignupForm",
]
