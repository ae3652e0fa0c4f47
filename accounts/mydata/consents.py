"""Consents by purpose: worded in versions, given and withdrawn with a date, never edited.

    from accounts.mydata import consents
    if consents.given(customer=customer, purpose="offers", on=now): ...

What is promised:

- Nobody has consented before they said so: no row means no. The newest row of a purpose at a moment counts.
- The words of every version are kept in the database as they were read. consents.csv holds the present ones; a text
  that changes needs a new line with a new version. With `asks_again` earlier consents no longer count from its day on.
- Whoever works on a consent asks `given` at the moment of the work, not before: a withdrawal counts at once.
- A change is the fact `mydata.consent_changed` {customer, purpose, given}.
"""

import csv
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from pathlib import Path
from typing import Final

from django.db import transaction

from accounts.models import Customer
from accounts.mydata.models import Consent, ConsentText
from core import audit, outbox
from ledger.calendar import business_date

FILE: Final = Path(__file__).with_name("consents.csv")
KINDS: Final = ("plain", "sensitive", "sharing")  # sensitive data, and passing data on, are asked for by themselves
LANGUAGES: Final = {"en": "en", "zh-hans": "zh"}


class UnknownPurpose(LookupError):
    """No line of consents.csv is in force for this purpose."""


class TextChanged(RuntimeError):
    """The words of a version differ from those that people have read under it: they need a new version."""


@dataclass(frozen=True, slots=True)
class Wording:
    """One version of what somebody is asked."""

    purpose: str
    version: int
    effective_from: date
    asks_again: bool
    kind: str
    texts: Mapping[str, Mapping[str, str]]  # language -> {"title", "text"}

    def title(self, language: str) -> str:
        return self.texts.get(language, self.texts["en"])["title"]

    def text(self, language: str) -> str:
        return self.texts.get(language, self.texts["en"])["text"]


@dataclass(frozen=True, slots=True)
class Standing:
    """How it stands with one purpose."""

    wording: Wording
    given: bool
    since: datetime | None  # of the newest row; None: never asked
    version: int | None  # agreed to


@lru_cache(maxsize=1)
def wordings() -> tuple[Wording, ...]:
    """This function will read consents.csv. Raises ValueError for a line that cannot be used."""
    with FILE.open(encoding="utf-8", newline="") as file:
        found = tuple(_wording(row) for row in csv.DictReader(file))
    seen = [(one.purpose, one.version) for one in found]
    if len(set(seen)) != len(seen):
        raise ValueError(f"{FILE.name} names a version twice")
    return found


def _wording(row: Mapping[str, str]) -> Wording:
    if row["kind"] not in KINDS or row["asks_again"] not in {"yes", "no"}:
        raise ValueError(f"{FILE.name}: {row['purpose']} {row['version']} cannot be read")
    return Wording(
        purpose=row["purpose"],
        version=int(row["version"]),
        effective_from=date.fromisoformat(row["effective_from"]),
        asks_again=row["asks_again"] == "yes",
        kind=row["kind"],
        texts={
            code: {"title": row[f"title_{suffix}"], "text": row[f"text_{suffix}"]} for code, suffix in LANGUAGES.items()
        },
    )


def wording_of(purpose: str, *, on: date) -> Wording:
    """This function will give the words in force on a day. Raises UnknownPurpose."""
    known = [one for one in wordings() if one.purpose == purpose and one.effective_from <= on]
    if not known:
        raise UnknownPurpose(purpose)
    return max(known, key=lambda one: one.version)


def purposes(*, on: date) -> list[str]:
    """This function will list the purposes in force, in the order of the file."""
    return list(dict.fromkeys(one.purpose for one in wordings() if one.effective_from <= on))


def given(*, customer: Customer, purpose: str, on: datetime) -> bool:
    """This function will say whether a customer's consent to a purpose holds at a moment. Raises UnknownPurpose."""
    wording_of(purpose, on=business_date(on))
    newest = (
        Consent.objects.filter(customer=customer, text__purpose=purpose, at__lte=on)
        .select_related("text")
        .order_by("-at", "-id")
        .first()
    )
    return newest is not None and _holds(newest, on)


def standings(*, customer: Customer, now: datetime) -> list[Standing]:
    """This function will say how it stands with every purpose, in one query."""
    rows = Consent.objects.filter(customer=customer).select_related("text").order_by("text__purpose", "-at", "-id")
    newest = {row.text.purpose: row for row in rows.distinct("text__purpose")}
    found = []
    for purpose in purposes(on=business_date(now)):
        row = newest.get(purpose)
        holds = row is not None and _holds(row, now)
        found.append(
            Standing(
                wording=wording_of(purpose, on=business_date(now)),
                given=holds,
                since=row.at if row else None,
                version=row.text.version if row and holds else None,
            )
        )
    return found


def _holds(row: Consent, on: datetime) -> bool:
    """Say whether a given consent still counts: no later version in force asks anew."""
    day = business_date(on)
    return row.given and not any(
        one.asks_again
        for one in wordings()
        if one.purpose == row.text.purpose and one.version > row.text.version and one.effective_from <= day
    )


def history(*, customer: Customer, purpose: str) -> Sequence[Consent]:
    """This function will list what a customer decided about a purpose, newest first."""
    rows = Consent.objects.filter(customer=customer, text__purpose=purpose).select_related("text")
    return list(rows.order_by("-at", "-id")[:50])


def give(*, customer: Customer, purpose: str, version: int, language: str, now: datetime) -> bool:
    """This function will note that a customer agrees to the words of a version; False when that stands already.

    Starts a transaction and locks the customer. Raises UnknownPurpose; TextChanged; ValueError when another version is
    in force by now, so that nobody agrees to words they have not read.
    """
    wording = wording_of(purpose, on=business_date(now))
    if wording.version != version:
        raise ValueError(f"version {version} of {purpose} is not in force")
    with transaction.atomic():
        if _newest_locked(customer, wording, now) is not None:
            return False
        _write(customer, _kept(wording), True, language, now)
    return True


def withdraw(*, customer: Customer, purpose: str, language: str, now: datetime) -> bool:
    """This function will note that a customer takes a consent back; False when there is none. Raises UnknownPurpose."""
    wording = wording_of(purpose, on=business_date(now))
    with transaction.atomic():
        held = _newest_locked(customer, wording, now)
        if held is None:
            return False
        _write(customer, held.text, False, language, now)
    return True


def _newest_locked(customer: Customer, wording: Wording, now: datetime) -> Consent | None:
    """Lock the customer and find the consent that holds now, if one does."""
    Customer.objects.select_for_update(of=("self",)).get(pk=customer.pk)
    newest = (
        Consent.objects.filter(customer=customer, text__purpose=wording.purpose)
        .select_related("text")
        .order_by("-at", "-id")
        .first()
    )
    return newest if newest is not None and _holds(newest, now) else None


def _kept(wording: Wording) -> ConsentText:
    """Keep the words of a version once, and refuse words that changed under the same version."""
    kept, _made = ConsentText.objects.get_or_create(
        purpose=wording.purpose, version=wording.version, defaults={"texts": wording.texts}
    )
    if kept.texts != wording.texts:
        raise TextChanged(f"{wording.purpose} {wording.version}: give the new words a new version in {FILE.name}")
    return kept


def _write(customer: Customer, text: ConsentText, is_given: bool, language: str, now: datetime) -> None:
    Consent.objects.create(customer=customer, text=text, given=is_given, language=language, at=now)
    outbox.record(
        kind="mydata.consent_changed",
        payload={"customer": str(customer.public_id), "purpose": text.purpose, "given": is_given},
        owner=customer,
        act=audit.Act(
            act="mydata.consent_given" if is_given else "mydata.consent_withdrawn",
            subject=customer,
            before={"given": not is_given},
            after={"purpose": text.purpose, "version": text.version, "language": language},
        ),
        now=now,
    )
