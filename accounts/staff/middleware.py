"""Staff set up a second factor before they see any other page."""

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse

from accounts.access.decorators import to_second_factor
from accounts.access.queries import has_factor

# Where the factor is set up, and what every page is made of. Everything else waits.
OPEN = ("/auth/", "/security/", "/static/", "/language/", "/theme/", "/simplified/", "/staff/welcome/")


class FactorFirst:
    """Leads a member of staff without a second factor to the page where one is set up, whatever they asked for."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, _view: Callable[..., Any], _args: Any, _kwargs: Any
    ) -> HttpResponse | None:
        user = request.user
        if not (user.is_authenticated and user.is_staff) or request.path.startswith(OPEN):
            return None
        if user.is_verified() or has_factor(user):  # type: ignore[attr-defined, union-attr, arg-type]
            return None
        return to_second_factor(request)
