"""Filling in a form from what a higher room keeps: `?again=<transfer>`, `?template=<template>`.

`settings.FORM_FILLERS` names, for each word of the address, a function `(customer, public_id) -> Filled | None`. The
form is filled and nothing else: what it says is checked, drafted and confirmed like anything typed by hand.
"""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest
from django.utils.module_loading import import_string


@dataclass(frozen=True, slots=True)
class Filled:
    """Values by the names of the form's fields, and what is to be said: a payee who is gone, an account closed."""

    values: Mapping[str, Any]
    said: tuple[str, ...] = field(default=())


def filled(request: HttpRequest) -> Mapping[str, Any]:
    """This function will give what a form starts with by the words of its address; nothing where none of them fits."""
    for word, path in settings.FORM_FILLERS.items():
        try:
            wanted = uuid.UUID(request.GET.get(word, ""))
        except ValueError:
            continue
        found: Filled | None = _named(path)(request.customer, wanted)  # type: ignore[attr-defined]
        if found is None:
            continue
        for sentence in found.said:
            messages.warning(request, sentence)
        return found.values
    return {}


@cache
def _named(path: str) -> Any:
    return import_string(path)
