"""Searches of transactions that a customer keeps under a name. Another customer's search is None, as if it were not."""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlencode

from django.db import IntegrityError, transaction

from accounts.models import Customer
from accounts.statements import filters
from accounts.statements.models import SavedSearch
from core import audit, policy
from ledger.calendar import business_date


class NotKept(Exception):
    """Nothing was kept or changed."""


class TooMany(NotKept):
    """The customer keeps as many searches as one may; `most` says how many."""

    def __init__(self, most: int) -> None:
        super().__init__(most)
        self.most = most


class NameTaken(NotKept):
    """Another search of the customer has this name."""


class NothingAsked(NotKept):
    """An empty search is no search."""


@dataclass(frozen=True, slots=True)
class Kept:
    """A saved search as its customer sees it."""

    public_id: uuid.UUID
    name: str
    query: Mapping[str, str]

    @property
    def address(self) -> str:
        """The search as it stands behind an account's address."""
        return urlencode({name: self.query[name] for name in filters.NAMES if self.query.get(name)})

    @property
    def described(self) -> list[tuple[str, str]]:
        """What it asks for, in words."""
        return filters.described(self.query)


def of(customer: Customer) -> list[Kept]:
    """This function will list a customer's searches by name, in one query."""
    rows = customer.saved_searches.order_by("name", "id").values_list("public_id", "name", "query")
    return [Kept(*row) for row in rows]


def one_of(customer: Customer, public_id: uuid.UUID) -> Kept | None:
    """This function will find one search of a customer."""
    row = customer.saved_searches.filter(public_id=public_id).values_list("public_id", "name", "query").first()
    return Kept(*row) if row else None


def save(*, customer: Customer, name: str, query: Mapping[str, str], now: datetime) -> Kept:
    """This function will keep a search under a name; the same name with the same search again changes nothing.

    Starts a transaction and locks the customer, so that the number allowed holds. Raises NothingAsked, NameTaken,
    TooMany.
    """
    asked = {key: query[key] for key in filters.NAMES if query.get(key)}
    if not asked:
        raise NothingAsked
    with transaction.atomic(durable=True):
        Customer.objects.select_for_update(no_key=True).get(pk=customer.pk)
        there = customer.saved_searches.filter(name__iexact=name).first()
        if there is not None:
            if there.query == asked:
                return Kept(there.public_id, there.name, there.query)
            raise NameTaken
        most = int(policy.value("statement.saved_searches", on=business_date(now)))
        if customer.saved_searches.count() >= most:
            raise TooMany(most)
        made = SavedSearch.objects.create(customer=customer, name=name, query=asked, created_at=now)
        _trail("statements.search_saved", made.public_id, customer, now)
    return Kept(made.public_id, made.name, made.query)


def rename(*, customer: Customer, public_id: uuid.UUID, name: str, now: datetime) -> bool:
    """This function will give a search another name; False when the customer has no such search. Raises NameTaken."""
    try:
        with transaction.atomic(durable=True):
            if not customer.saved_searches.filter(public_id=public_id).update(name=name):
                return False
            _trail("statements.search_renamed", public_id, customer, now)
    except IntegrityError as taken:
        raise NameTaken from taken
    return True


def delete(*, customer: Customer, public_id: uuid.UUID, now: datetime) -> bool:
    """This function will delete a search; False when there is none of the customer's (any more)."""
    with transaction.atomic(durable=True):
        gone, _each = customer.saved_searches.filter(public_id=public_id).delete()
        if gone:
            _trail("statements.search_deleted", public_id, customer, now)
    return bool(gone)


def _trail(act: str, public_id: uuid.UUID, customer: Customer, now: datetime) -> None:
    audit.record(act=act, subject=f"statements.search:{public_id}", actor=customer.user, now=now)
