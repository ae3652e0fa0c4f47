"""Addresses of the entrance. The list is closed: what of allauth is not named here cannot be reached.

allauth's own names stay, because it looks its pages up by them.
"""

from django.urls import path
from django.views.generic.base import RedirectView

from accounts.access.views import entrance, factors

to_security = RedirectView.as_view(pattern_name="security")

urlpatterns = [
    path("login/", entrance.login, name="account_login"),
    path("login/passkey/", factors.sign_in_with_passkey, name="mfa_login_webauthn"),
    path("logout/", entrance.logout, name="account_logout"),
    path("signup/", entrance.signup, name="account_signup"),
    path("confirm-email/", entrance.confirm_contact, name="account_email_verification_sent"),
    path("start-over/", entrance.start_over, name="start_over"),
    path("inactive/", entrance.inactive, name="account_inactive"),
    path("password/reset/", entrance.reset_password, name="account_reset_password"),
    path("password/reset/confirm/", entrance.confirm_reset_code, name="account_confirm_password_reset_code"),
    path("password/reset/complete/", entrance.complete_reset, name="account_complete_password_reset"),
    path("password/reset/done/", entrance.reset_done, name="account_password_reset_completed"),
    path("password/change/", entrance.change_password, name="account_change_password"),
    path("password/set/", entrance.no_password_yet, name="account_set_password"),
    path("reauthenticate/", entrance.reauthenticate, name="account_reauthenticate"),
    path("email/", to_security, name="account_email"),
    path("2fa/", to_security, name="mfa_index"),
    path("2fa/passkeys/", to_security, name="mfa_list_webauthn"),
    path("2fa/authenticate/", factors.authenticate, name="mfa_authenticate"),
    path("2fa/reauthenticate/", factors.reauthenticate, name="mfa_reauthenticate"),
    path("2fa/app/add/", factors.activate_app, name="mfa_activate_totp"),
    path("2fa/app/remove/", factors.deactivate_app, name="mfa_deactivate_totp"),
    path("2fa/recovery-codes/", factors.recovery_codes, name="mfa_view_recovery_codes"),
    path("2fa/recovery-codes/make/", factors.make_recovery_codes, name="mfa_generate_recovery_codes"),
    path("2fa/recovery-codes/download/", factors.download_recovery_codes, name="mfa_download_recovery_codes"),
    path("2fa/passkeys/add/", factors.add_passkey, name="mfa_add_webauthn"),
    path("2fa/passkeys/reauthenticate/", factors.reauthenticate_with_passkey, name="mfa_reauthenticate_webauthn"),
    path("2fa/passkeys/<uuid:public_id>/remove/", factors.remove_passkey, name="mfa_remove_webauthn"),
    path("2fa/passkeys/<uuid:public_id>/edit/", factors.rename_passkey, name="mfa_edit_webauthn"),
]
