"""Which facts reach which handlers: read from the wiring board that settings name."""

from collections.abc import Mapping

from django.conf import settings
from django.utils.module_loading import import_string

from core.outbox.facts import Handler


def board() -> Mapping[str, tuple[str, ...]]:
    """This function will answer the whole board: kind of fact -> dotted paths of its handlers."""
    routes: Mapping[str, tuple[str, ...]] = import_string(settings.OUTBOX_ROUTES)
    return routes


def handler(path: str) -> Handler:
    """This function will load one handler; raises ImportError when it is gone."""
    found: Handler = import_string(path)
    return found
