"""At sign-in: what was chosen in this browser goes to the account, and the account's look to the browser."""

from typing import Any

from django.conf import settings
from django.contrib.auth.signals import user_logged_in
from django.dispatch import receiver
from django.http import HttpRequest
from django.utils import timezone

from accounts.preferences import services


@receiver(user_logged_in, dispatch_uid="preferences.signed_in")
def take_over(request: HttpRequest, user: Any, **_: Any) -> None:
    cookies = getattr(request, "COOKIES", {})
    services.take_over(
        user=user, cookies=cookies, language=cookies.get(settings.LANGUAGE_COOKIE_NAME, ""), now=timezone.now()
    )
    request.preferences_of = user  # type: ignore[attr-defined]  # the middleware hands the browser their look
