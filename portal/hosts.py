"""The customers' portal and the back office on hosts of their own (ASVS 3.3.4, 3.5.4).

With `PORTAL_CUSTOMER_HOST` and `PORTAL_STAFF_HOST` set, a place of the staff does not exist on the customers' host, nor
a customer's place on the staff's. Cookies carry no domain, so a browser never brings those of one host to the other:
whatever a script on the one got hold of opens nothing on the other. What everybody may open, and the steps of signing
in, are on both. With neither set, as on a developer's machine, one host shows everything.
"""

from collections.abc import Callable, Sequence
from enum import StrEnum
from typing import Any

from django.apps import AppConfig
from django.conf import settings
from django.core import checks
from django.http import Http404, HttpRequest
from django.http.response import HttpResponseBase

from accounts.roles import Role
from portal import places

STAFF_WORDS = frozenset({"staff", *(role.value for role in Role)})
CUSTOMER_WORDS = frozenset({"customers", "verified"})
WAYS_IN = frozenset({"staff_join", "staff_welcome"})  # steps of entering that lead to the back office


class Side(StrEnum):
    """Whose place an address is."""

    STAFF = "staff"
    CUSTOMERS = "customers"
    BOTH = "both"


def side(route: str) -> Side:
    """This function will say on whose host an address stands, by the bank's written matrix (portal/places.csv)."""
    if route.startswith("admin:") or route in WAYS_IN:
        return Side.STAFF
    place = places.declared().get(route)
    if place is None:
        return Side.BOTH
    if place.open_to <= STAFF_WORDS:
        return Side.STAFF
    return Side.CUSTOMERS if place.open_to <= CUSTOMER_WORDS else Side.BOTH


class OwnHost:
    """Answers 404 where an address stands on the other host."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, *_view: Any) -> None:
        """This method will refuse an address that stands on the other host, before its view has looked at anything."""
        if not settings.STAFF_HOST:
            return
        here = Side.STAFF if _name(request) == settings.STAFF_HOST else Side.CUSTOMERS
        match = request.resolver_match
        route = match.view_name if match is not None else ""
        if match is not None and "admin" in match.app_names:  # Django's own pages without a name too
            route = "admin:"
        if side(route) not in {here, Side.BOTH}:
            raise Http404


def _name(request: HttpRequest) -> str:
    return request.get_host().rpartition(":")[0] or request.get_host()


@checks.register(checks.Tags.security)
def the_hosts_are_two(app_configs: Sequence[AppConfig] | None, **kwargs: Any) -> list[checks.CheckMessage]:  # noqa: ARG001
    """This check will refuse one host without the other, and one for both."""
    customers, staff = settings.CUSTOMER_HOST, settings.STAFF_HOST
    if (not customers and not staff) or (customers and staff and customers != staff):
        return []
    return [
        checks.Error(
            "PORTAL_CUSTOMER_HOST and PORTAL_STAFF_HOST must be two different hosts, or both be left out.",
            hint="Name both, for example bank.example and desk.bank.example: docs/operations.md.",
            id="portal.E021",
        )
    ]
