"""manage.py document_rights: the written matrix of rights as a page of the documentation."""

import re
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from accounts.roles import Role
from portal import places

HEAD = """# Who may do what

Written by `manage.py document_rights` from `portal/places.csv` and `portal/back_office.csv`; do not edit it by hand.
The tests in `tests/rights/` open every address as everybody and ask every role for every right: what stands here is
what the portal does, and an address or a kind of record that does not stand here fails the build.

A page that is not for somebody does not exist for them (404), or leads them to sign in; another customer's record looks
exactly like one that was never there. ● opens it · ○ leads on by itself · 2 with the second factor in this session ·
! after a fresh proof of who one is · ▪ one's own records alone.
"""


class Command(BaseCommand):
    help = "Write docs/rights.md; with --check only say whether it is up to date."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--check", action="store_true", help="write nothing; exit 1 when the page is out of date")

    def handle(self, *args: Any, **options: Any) -> None:
        target: Path = settings.BASE_DIR / "docs" / "rights.md"
        page = document()
        if not options["check"]:
            target.write_text(page, encoding="utf-8")
            self.stdout.write(f"{target.name} written.")
        elif not target.exists() or target.read_text(encoding="utf-8") != page:
            raise CommandError("docs/rights.md is out of date: run manage.py document_rights")


def document() -> str:
    """This function will write the page."""
    patterns = {
        address.route: re.sub(r"^admin/\^.*", "admin/<app>/", address.pattern) for address in places.addresses()
    }
    heads = ["address", "visitor", "new customer", "verified customer", *[role.value for role in Role]]
    lines = [HEAD, "\n## Addresses\n\n", _row(heads), _row(["---"] * len(heads))]
    for place in sorted(places.declared().values(), key=lambda one: patterns.get(one.route, one.route)):
        lines.append(_row([f"`/{patterns.get(place.route, '')}`", *_cells(place)]))
    kinds = ["record", "looks", "adds", "changes", "for many at once"]
    lines += ["\n## Records in the back office\n\nNobody deletes any.\n\n", _row(kinds), _row(["---"] * len(kinds))]
    for records in places.back_office().values():
        rights = [" ".join(sorted(getattr(records, right))) or "—" for right in ("view", "add", "change", "actions")]
        lines.append(_row([records.model, *rights]))
    return "".join(lines)


def _cells(place: places.Place) -> list[str]:
    readers: list[dict[str, Any]] = [
        {"signed_in": False},
        {"signed_in": True, "customer": "new"},
        {"signed_in": True, "customer": "verified"},
        *[{"signed_in": True, "role": role.value} for role in Role],
    ]
    return [_cell(place, reader) for reader in readers]


def _cell(place: places.Place, reader: dict[str, Any]) -> str:
    if "entrance" in place.open_to:
        return "○"
    if not place.lets_in(**reader):
        return ""
    mark = {"factor": "2", "fresh": "!"}.get(place.proof, "●")
    return f"{mark} ▪" if place.object in {"own", "application", "held"} and "everybody" not in place.open_to else mark


def _row(cells: list[str]) -> str:
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |\n"
