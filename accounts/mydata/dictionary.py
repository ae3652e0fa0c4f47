"""The data dictionary: every field of every model, what it is kept for, and whether its person sees it.

portal/personal_data.csv has a line for each set of fields (`settings.PERSONAL_DATA_FILE`):

- `group`: accounts.mydata.groups, which says purpose, legal basis and time; `-` for what is about nobody.
- `class`: C1 ordinary, C2 sensitive, C3 secrets, keys, digests, pictures of faces: never logged, shown or exported.
- `shown`: `yes` on the page about one's data and in copies, `covered` there in part, `no` with a note why not.
- `*` in place of fields stands for all of a model's, and only where the model points at no person.

Primary keys, public ids and links between records need no line. A field that is not there fails the tests.
"""

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

from django.apps import apps
from django.conf import settings
from django.db.models import Field, Model
from django.utils import translation

from accounts.models import Customer, User
from accounts.mydata.groups import BY_KEY, GROUPS

CLASSES = ("C1", "C2", "C3")
NOBODY = "-"


class WrongDictionary(ValueError):
    """A line of the file cannot be used."""


@dataclass(frozen=True, slots=True)
class Entry:
    """One field. `group` is "-" for what is about nobody."""

    model: str
    field: str
    group: str
    data_class: str
    shown: str
    note: str

    @property
    def name(self) -> str:
        return f"{self.model}.{self.field}"


@lru_cache(maxsize=1)
def entries() -> dict[str, Entry]:
    """This function will read the file, by field. Raises WrongDictionary."""
    found: dict[str, Entry] = {}
    with Path(settings.PERSONAL_DATA_FILE).open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            about = row["group"] != NOBODY
            if about and (row["group"] not in BY_KEY or row["class"] not in CLASSES):
                raise WrongDictionary(f"{row['model']}: group or class is unknown")
            if about and row["shown"] not in {"yes", "covered", "no"}:
                raise WrongDictionary(f"{row['model']}: shown is yes, covered or no")
            if (row["shown"] == "no" or not about) and not row["note"]:
                raise WrongDictionary(f"{row['model']}: say why {row['fields']} is not shown")
            for field in row["fields"].split():
                entry = Entry(row["model"], field, row["group"], row["class"], row["shown"], row["note"])
                if entry.name in found:
                    raise WrongDictionary(f"{entry.name} stands twice")
                found[entry.name] = entry
    return found


def _models() -> Iterator[type[Model]]:
    """Every model with a table of its own that this portal migrates."""
    for model in apps.get_models():
        if model._meta.managed and not model._meta.proxy and not model.__module__.startswith("tests."):
            yield model


def _columns(model: type[Model]) -> Iterator["Field[Any, Any]"]:
    for field in model._meta.concrete_fields:
        if not field.primary_key and not field.is_relation and field.name != "public_id":
            yield field


def points_at_a_person(model: type[Model]) -> bool:
    """This function will say whether a model has a link to a customer or a sign-in."""
    return any(
        field.is_relation and field.related_model in {Customer, User} for field in model._meta.concrete_fields
    ) or model in {Customer, User}


def problems() -> list[str]:
    """This function will name what the dictionary lacks, has too much, or may not say; empty when all is well."""
    known, found = entries(), []
    labels = {model._meta.label: model for model in _models()}
    for label, model in sorted(labels.items()):
        whole = f"{label}.*" in known
        if whole and points_at_a_person(model):
            found.append(f"{label} points at a person: name its fields one by one")
        found += [
            f"{label}.{field.name} is in no line of {Path(settings.PERSONAL_DATA_FILE).name}"
            for field in _columns(model)
            if not whole and f"{label}.{field.name}" not in known
        ]
    for name, entry in sorted(known.items()):
        if entry.model not in labels:
            found.append(f"{name}: there is no such model")
        elif entry.field != "*" and entry.field not in {f.name for f in labels[entry.model]._meta.concrete_fields}:
            found.append(f"{name}: there is no such field")
        if entry.data_class == "C3" and entry.shown != "no":
            found.append(f"{name}: a secret is never shown")
    return found


def shown() -> set[str]:
    """This function will name every field that its person sees."""
    return {name for name, entry in entries().items() if entry.shown in {"yes", "covered"}}


def page() -> str:
    """This function will write docs/data.md."""
    labels = {model._meta.label: model for model in _models()}
    lines = [
        "# Data dictionary",
        "",
        "What the bank keeps about people: field by field, what for, on what ground, for how long. This page is",
        "written by `manage.py document_data` from `portal/personal_data.csv` and the models; do not edit it by hand.",
        "A field of a model that is not in the file fails the tests (tests/mydata/test_dictionary.py).",
        "",
        "Classes: C1 ordinary; C2 sensitive; C3 secrets, keys, digests and pictures of faces, never logged, shown or",
        "exported.",
        "",
    ]
    with translation.override("en"):
        for group in GROUPS:
            lines += [
                f"## {group.title}",
                "",
                f"{group.purpose} Legal basis: {group.basis}. Kept: {group.kept}.",
                "",
                "| field | what it is | type | class | the person sees it |",
                "| --- | --- | --- | --- | --- |",
            ]
            lines += [
                _row(entry, labels[entry.model])
                for entry in sorted(entries().values(), key=lambda one: one.name)
                if entry.group == group.key and entry.model in labels
            ]
            lines.append("")
    lines += ["## About nobody", "", "| model | why |", "| --- | --- |"]
    lines += [
        f"| `{entry.model}` | {entry.note} |"
        for entry in sorted(entries().values(), key=lambda one: one.name)
        if entry.group == NOBODY
    ]
    return "\n".join(lines) + "\n"


def _row(entry: Entry, model: type[Model]) -> str:
    seen = entry.shown if not entry.note else f"{entry.shown}: {entry.note}"
    if entry.field == "*":
        return f"| `{entry.model}` (all) | {model._meta.verbose_name} | | {entry.data_class} | {seen} |"
    field = model._meta.get_field(entry.field)
    label, kind = str(getattr(field, "verbose_name", entry.field)), type(field).__name__.removesuffix("Field")
    return f"| `{entry.name}` | {label} | {kind} | {entry.data_class} | {seen} |"
