"""Gives every request a reference that the reader may quote and the log repeats."""

import ipaddress
import secrets
from collections.abc import Callable
from typing import Any

import structlog
from django.conf import settings
from django.http import HttpRequest, HttpResponse

from core.audit.context import Origin, origin

ALPHABET = "23456789ABCDEFGHJKMNPQRSTVWXYZ"  # nothing that is mistaken on the telephone
HEADER = "Request-Reference"


def new_reference() -> str:
    """This function will make a reference such as "K7QF-3MPD"."""
    text = "".join(secrets.choice(ALPHABET) for _ in range(8))
    return f"{text[:4]}-{text[4:]}"


def client_ip(request: HttpRequest) -> str | None:
    """This function will say where the request comes from; a forwarding header counts only behind declared proxies."""
    address = request.META.get("REMOTE_ADDR", "")
    proxies: int = settings.TRUSTED_PROXY_COUNT
    if proxies:
        hops = [hop.strip() for hop in request.META.get("HTTP_X_FORWARDED_FOR", "").split(",") if hop.strip()]
        if len(hops) >= proxies:
            address = hops[-proxies]
    try:
        return str(ipaddress.ip_address(address))
    except ValueError:
        return None


class RequestReference:
    """Stands early, so that whatever goes wrong below carries the reference too."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        reference = new_reference()
        request.reference = reference  # type: ignore[attr-defined]
        ip = client_ip(request)

        def person() -> Any:
            user = getattr(request, "user", None)
            return user if user is not None and user.is_authenticated else None

        with (
            origin(Origin(reference=reference, ip=ip, person=person)),
            structlog.contextvars.bound_contextvars(reference=reference, ip=ip),
        ):
            response = self.get_response(request)
        response[HEADER] = reference
        return response
