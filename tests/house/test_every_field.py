"""Every text that a form takes has an end: what is longer is refused by the field itself (ASVS 2.2.1)."""

import importlib
from collections.abc import Iterator

import pytest
from django import forms
from django.core.exceptions import ValidationError

from tests.house.test_rules import ROOMS, name, sources

LONG = ("7" * 20_000, "x" * 20_000)
# (class of the form, field): where else its end is, so that the field itself needs none.
BOUNDED_ELSEWHERE = {
    ("LoginForm", "password"): "any length is a wrong one; accounts.access.passwords ends those that are made at 128",
    ("PasswordAgainForm", "password"): "as above",
    ("ChangePasswordForm", "oldpassword"): "as above",
    ("ChangePasswordForm", "password1"): "AUTH_PASSWORD_VALIDATORS",
    ("ChangePasswordForm", "password2"): "compared with the first",
    ("NewPasswordForm", "password1"): "AUTH_PASSWORD_VALIDATORS",
    ("NewPasswordForm", "password2"): "compared with the first",
    ("ActivateAppForm", "code"): "another field takes its place when the form is made (accounts.access.forms.factors)",
    ("AuthenticateForm", "code"): "as above",
    ("ReauthenticateForm", "code"): "as above",
    ("NewAppForm", "code"): "as above",
    ("AddPasskeyForm", "name"): "as above",
    ("RenamePasskeyForm", "name"): "as above",
    ("TransferForm", "to"): "one of the payees and accounts on the page, by its id",
}


def every_form() -> Iterator[type[forms.BaseForm]]:
    for path in sources(*ROOMS):
        if "forms" in path.read_text():
            importlib.import_module(name(path).removesuffix(".py").removesuffix("/__init__").replace("/", "."))
    waiting: list[type[forms.BaseForm]] = [forms.BaseForm]
    seen = set()
    while waiting:
        for one in waiting.pop().__subclasses__():
            if one not in seen:
                seen.add(one)
                waiting.append(one)
                if one.__module__.startswith(tuple(f"{room}." for room in ROOMS)):
                    yield one


def takes_anything(field: forms.Field) -> bool:
    for text in LONG:
        try:
            field.clean(text)
        except ValidationError:
            continue
        return True
    return False


@pytest.mark.django_db
def test_every_text_a_form_takes_has_an_end() -> None:
    """Twenty thousand characters are too many for anything that is asked here."""
    endless = {
        (form.__name__, called)
        for form in every_form()
        for called, field in getattr(form, "base_fields", {}).items()
        if not isinstance(field, forms.BooleanField | forms.FileField | forms.JSONField) and takes_anything(field)
    }
    assert sorted(endless - set(BOUNDED_ELSEWHERE)) == [], "give the field a max_length, or say where its end is"
    assert sorted(set(BOUNDED_ELSEWHERE) - endless) == [], "these have an end of their own now"
