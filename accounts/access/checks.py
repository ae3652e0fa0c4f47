"""What must be set before anybody signs in. Errors fail `manage.py check --deploy` and the start of the server."""

import base64
import binascii
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, register


@register(Tags.security)
def keys_are_set(**_: Any) -> list[CheckMessage]:
    """Personal data and sessions are sealed with these keys."""
    found: list[CheckMessage] = []
    if not settings.FIELD_KEYS or not all(_is_key(entry) for entry in settings.FIELD_KEYS):
        found.append(
            Error(
                "PORTAL_FIELD_KEYS is missing or unreadable.",
                hint="Set it to `id:base64 of 32 random bytes`, several with commas, newest first (docs/security.md).",
                id="access.E001",
            )
        )
    if len(settings.INDEX_KEY) < 16:
        found.append(
            Error(
                "PORTAL_INDEX_KEY is missing or short.",
                hint="Set it to a long random text and never change it (docs/security.md).",
                id="access.E002",
            )
        )
    return found


@register(Tags.security, deploy=True)
def tries_are_counted_together(**_: Any) -> list[CheckMessage]:
    """Every web process counts wrong passwords in one place, or the limits multiply with the processes."""
    backend = settings.CACHES["default"]["BACKEND"]
    if backend.endswith(("LocMemCache", "DummyCache")):
        return [
            Error(
                "Wrong passwords are counted in each process by itself.",
                hint="Set CACHE_URL to a Redis or Valkey that all web processes share.",
                id="access.E003",
            )
        ]
    return []


def _is_key(entry: str) -> bool:
    key_id, _, encoded = entry.partition(":")
    try:
        return bool(key_id) and len(base64.b64decode(encoded, validate=True)) == 32
    except binascii.Error:
        return False
