"""What every page's frame needs. No query is made here."""

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import get_language


def frame(request: HttpRequest) -> dict[str, Any]:  # noqa: ARG001 - a context processor is handed the request
    """Give the bank's face and the reader's language."""
    language = get_language() or settings.LANGUAGE_CODE
    return {
        "brand": brand(language),
        "html_lang": "zh-Hans" if language.startswith("zh") else language,
        "demo": settings.DEMO,
    }


def brand(language: str) -> dict[str, str]:
    """Give the bank's name and contact lines in one language."""
    names = settings.BRAND["name"]
    return {
        "name": names.get(language) or names["en"],
        "phone": settings.BRAND["phone"],
        "tel": "".join(char for char in settings.BRAND["phone"] if char.isdigit() or char == "+"),
        "email": settings.BRAND["email"],
    }
