"""Templates stay clean for the strict browser policy, and the frame keeps its promises."""

import re
from pathlib import Path

import pytest
from django.contrib.staticfiles import finders

ROOT = Path(__file__).resolve().parent.parent.parent
TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))
NAMES = [str(path.relative_to(ROOT / "templates")) for path in TEMPLATES]
INLINE = {
    "a style attribute": re.compile(r"<[^>]*\sstyle\s*="),
    "a style element": re.compile(r"<style\b"),
    "a script without src": re.compile(r"<script\b(?![^>]*\bsrc=)(?![^>]*type=\"application/json\")"),
    "an event handler": re.compile(r"<[^>]*\son[a-z]+\s*="),
    "a javascript address": re.compile(r"javascript:", re.IGNORECASE),
    "something from elsewhere": re.compile(r"<(?:script|link|img|iframe)\b[^>]*(?:src|href)=\"(?:https?:)?//"),
}


@pytest.mark.parametrize("path", TEMPLATES, ids=NAMES)
def test_a_template_has_nothing_the_browser_policy_forbids(path):
    text = path.read_text()
    assert [what for what, pattern in INLINE.items() if pattern.search(text)] == []


@pytest.mark.parametrize("path", TEMPLATES, ids=NAMES)
def test_every_form_that_changes_something_is_guarded(path):
    for form in re.findall(r"<form\b.*?</form>", path.read_text(), re.S):
        if re.search(r'method="post"', form):
            assert "{% csrf_token %}" in form or "slot body" in form, form[:120]


@pytest.mark.parametrize("path", TEMPLATES, ids=NAMES)
def test_every_icon_and_static_file_exists(path):
    text = path.read_text()
    sprite = (ROOT / "static" / "img" / "icons.svg").read_text()
    for name in re.findall(r'{% icon "([a-z-]+)"', text):
        assert f'id="{name}"' in sprite, f"no icon {name}"
    for name in re.findall(r"""{% static ['"]([^'"]+)['"]""", text):
        assert finders.find(name), f"no file {name}"


@pytest.mark.parametrize("path", sorted((ROOT / "static" / "js").glob("*.js")), ids=lambda path: path.name)
def test_scripts_never_write_markup_or_styles(path):
    text = path.read_text()
    for forbidden in (
        "innerHTML",
        "outerHTML",
        "document.write",
        "eval(",
        "new Function",
        ".style.",
        "insertAdjacentHTML",
    ):
        assert forbidden not in text
