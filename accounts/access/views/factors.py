"""Setting up, naming and removing second factors. Every change, its audit row and its message are one transaction."""

import uuid
from typing import Any
from urllib.parse import urlencode

from allauth.account.decorators import reauthentication_required
from allauth.account.utils import get_next_redirect_url
from allauth.mfa.base import views as base_views
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes import views as recovery_views
from allauth.mfa.totp import views as totp_views
from allauth.mfa.webauthn import views as webauthn_views
from allauth.mfa.webauthn.internal import auth as webauthn_auth
from django.db import transaction
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse, reverse_lazy
from django.utils import timezone
from django.utils.decorators import method_decorator
from django_otp import login as mark_verified

from accounts.access import services
from accounts.access.models import FactorDevice

again = method_decorator(reauthentication_required(app="allauth.mfa"), name="dispatch")


class ActivateApp(totp_views.ActivateTOTPView):
    """Set up the authenticator app: a picture or a typed key, and the first code, which is used up."""

    template_name = "mfa/totp/activate_form.html"

    def form_valid(self, form: Any) -> HttpResponse:
        user: Any = self.request.user
        with transaction.atomic():
            response: HttpResponse = super().form_valid(form)
            device = FactorDevice.objects.select_for_update().get(
                user=user, authenticator__type=Authenticator.Type.TOTP
            )
            device.last_t = form.step
            device.save(update_fields=["last_t"])
            services.factor_added(
                user=user, name="totp", keep_session=self.request.session.session_key, now=timezone.now()
            )
        mark_verified(self.request, device)
        return response

    def get_success_url(self) -> str:
        return _onward(self.request, codes_made=self.did_generate_recovery_codes)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(**kwargs)
        secret: str = context["form"].secret
        return {**context, "typed_key": " ".join(secret[start : start + 4] for start in range(0, len(secret), 4))}


class DeactivateApp(totp_views.DeactivateTOTPView):
    success_url = reverse_lazy("security")

    def form_valid(self, form: Any) -> HttpResponse:
        with transaction.atomic():
            response: HttpResponse = super().form_valid(form)
            services.factor_removed(
                user=self.request.user,  # type: ignore[arg-type]
                name="totp",
                keep_session=self.request.session.session_key,
                now=timezone.now(),
            )
        return response


class AddPasskey(webauthn_views.AddWebAuthnView):
    """Set up a passkey that can sign in by itself: kept on the device, opened by fingerprint, face or PIN."""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(**kwargs)
        options = webauthn_auth.begin_registration(self.request.user, passwordless=True)  # type: ignore[arg-type]
        return {**context, "options": options}

    def form_valid(self, form: Any) -> HttpResponse:
        user: Any = self.request.user
        with transaction.atomic():
            response: HttpResponse = super().form_valid(form)
            device = FactorDevice.objects.filter(user=user, authenticator__type=Authenticator.Type.WEBAUTHN).latest(
                "pk"
            )
            services.factor_added(
                user=user, name="passkey", keep_session=self.request.session.session_key, now=timezone.now()
            )
        mark_verified(self.request, device)
        return response

    def get_success_url(self) -> str:
        return _onward(self.request, codes_made=self.did_generate_recovery_codes)


class _OwnPasskey:
    """Reach a passkey through its owner, by its public id."""

    kwargs: dict[str, Any]
    request: Any

    def get_queryset(self) -> QuerySet[Authenticator]:
        return Authenticator.objects.filter(user=self.request.user, type=Authenticator.Type.WEBAUTHN)

    def get_object(self, _queryset: QuerySet[Authenticator] | None = None) -> Authenticator:
        public_id: uuid.UUID = self.kwargs["public_id"]
        found = self.get_queryset().filter(device__public_id=public_id).first()
        if found is None:
            raise Http404
        return found


@again
class RemovePasskey(_OwnPasskey, webauthn_views.RemoveWebAuthnView):
    success_url = reverse_lazy("security")

    def form_valid(self, form: Any) -> HttpResponse:
        with transaction.atomic():
            response: HttpResponse = super().form_valid(form)
            services.factor_removed(
                user=self.request.user,
                name="passkey",
                keep_session=self.request.session.session_key,
                now=timezone.now(),
            )
        return response


@again
class RenamePasskey(_OwnPasskey, webauthn_views.EditWebAuthnView):
    success_url = reverse_lazy("security")


class MakeRecoveryCodes(recovery_views.GenerateRecoveryCodesView):
    def form_valid(self, form: Any) -> HttpResponse:
        with transaction.atomic():
            response: HttpResponse = super().form_valid(form)
            services.recovery_codes_made(user=self.request.user, now=timezone.now())  # type: ignore[arg-type]
        return response


class RecoveryCodes(recovery_views.ViewRecoveryCodesView):
    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return {**super().get_context_data(**kwargs), "next_url": get_next_redirect_url(self.request)}


def _onward(request: HttpRequest, *, codes_made: bool) -> str:
    """Lead on to where the person wanted to go, by way of the recovery codes when they were just made."""
    back = get_next_redirect_url(request)
    if codes_made:
        return reverse("mfa_view_recovery_codes") + (f"?{urlencode({'next': back})}" if back else "")
    return back or reverse("security")


authenticate = base_views.authenticate
reauthenticate = base_views.reauthenticate
activate_app = ActivateApp.as_view()
deactivate_app = DeactivateApp.as_view()
add_passkey = AddPasskey.as_view()
remove_passkey = RemovePasskey.as_view()
rename_passkey = RenamePasskey.as_view()
sign_in_with_passkey = webauthn_views.login_webauthn
reauthenticate_with_passkey = webauthn_views.reauthenticate_webauthn
recovery_codes = RecoveryCodes.as_view()
make_recovery_codes = MakeRecoveryCodes.as_view()
download_recovery_codes = recovery_views.download_recovery_codes
