"""Forms about access. allauth finds them by the dotted paths in settings."""

from accounts.access.forms.entrance import (
    ChangeContactForm,
    ChangePasswordForm,
    LoginForm,
    NewPasswordForm,
    PasswordAgainForm,
    ResetPasswordForm,
    SentCodeForm,
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
    "ChangeContactForm",
    "ChangePasswordForm",
    "LoginForm",
    "NewPasswordForm",
    "PasswordAgainForm",
    "ReauthenticateForm",
    "ReauthenticatePasskeyForm",
    "RenamePasskeyForm",
    "ResetPasswordForm",
    "SentCodeForm",
    "SignupForm",
]
