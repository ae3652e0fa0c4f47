"""Who may open which address: the bank's written matrix.

`places.csv` says it, the tests walk it as everybody, docs/rights.md shows it. An address that is not in the file fails
the tests. `open_to` is one or more of:

- `everybody`: whoever comes, signed in or not;
- `entrance`: a step of signing in or registering, which leads on by itself whoever comes at another moment;
- `signed-in`: whoever is signed in; `customers`: customers, verified or not; `verified`: verified customers;
- `staff`: everybody who works here; or the names of roles.

`object` says what an address with a public id in it shows:

- `own`: the customer's own record; another's does not exist;
- `application`: what the customer is filling in;
- `staff`: a record that the role may see; `held`: what only the holder of the case is shown.

`proof` says what is asked besides having signed in: `factor` (the second factor in this session) or `fresh` (a proof
within the last five minutes).
"""

import csv
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from django.urls import URLPattern, URLResolver, get_resolver

from accounts.roles import Role

FILE = Path(__file__).with_name("places.csv")
MODELS = Path(__file__).with_name("back_office.csv")
CUSTOMER_WORDS = ("everybody", "entrance", "signed-in", "customers", "verified", "staff")


class Undeclared(LookupError):
    """The matrix does not name this address."""


@dataclass(frozen=True)
class Place:
    """One address, and who may open it."""

    route: str
    open_to: frozenset[str]
    object: str = ""
    proof: str = ""

    def lets_in(self, *, signed_in: bool, customer: str = "", role: str = "") -> bool:
        """This function will say whether the matrix lets somebody in; `customer` is "", "new" or "verified"."""
        return bool(
            "everybody" in self.open_to
            or ("signed-in" in self.open_to and signed_in)
            or ("customers" in self.open_to and customer)
            or ("verified" in self.open_to and customer == "verified")
            or ("staff" in self.open_to and role)
            or (role and role in self.open_to)
        )


@lru_cache(maxsize=1)
def declared() -> dict[str, Place]:
    """This function will read the matrix; raises ValueError when it names an unknown reader or a place twice."""
    places: dict[str, Place] = {}
    with FILE.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            words = frozenset(row["open_to"].split())
            unknown = words - set(CUSTOMER_WORDS) - {role.value for role in Role}
            if unknown or not words:
                raise ValueError(f"{row['route']}: unknown readers {sorted(unknown)}")
            if row["route"] in places:
                raise ValueError(f"{row['route']} stands twice in {FILE.name}")
            places[row["route"]] = Place(row["route"], words, row["object"], row["proof"])
    return places


@dataclass(frozen=True)
class Records:
    """One kind of record in the back office: which roles may do what with it, and its actions on many at once."""

    model: str
    view: frozenset[str]
    add: frozenset[str]
    change: frozenset[str]
    delete: frozenset[str]
    actions: frozenset[str]


@lru_cache(maxsize=1)
def back_office() -> dict[str, Records]:
    """This function will read which role may do what with which kind of record; raises ValueError on unknown roles."""
    found: dict[str, Records] = {}
    with MODELS.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            rights = {name: frozenset(row[name].split()) for name in ("view", "add", "change", "delete")}
            if unknown := frozenset().union(*rights.values()) - {role.value for role in Role}:
                raise ValueError(f"{row['model']}: unknown roles {sorted(unknown)}")
            found[row["model"]] = Records(row["model"], **rights, actions=frozenset(row["actions"].split()))
    return found


@dataclass(frozen=True)
class Address:
    """An address as the resolver knows it."""

    route: str  # its full name: "transfer", "admin:reviews_case"
    pattern: str
    parameters: tuple[str, ...]


def addresses() -> list[Address]:
    """This function will list every named address of the portal. What Django's admin catches unnamed has no name."""
    return [address for address in _walk(get_resolver().url_patterns, "", ()) if address.route]


def unnamed() -> list[str]:
    """This function will list the patterns that have no name."""
    return [address.pattern for address in _walk(get_resolver().url_patterns, "", ()) if not address.route]


def _walk(patterns: list[URLPattern | URLResolver], prefix: str, spaces: tuple[str, ...]) -> list[Address]:
    found: list[Address] = []
    for one in patterns:
        where = prefix + str(one.pattern)
        if isinstance(one, URLResolver):
            inner = (*spaces, one.namespace) if one.namespace else spaces
            found += _walk(one.url_patterns, where, inner)
        else:
            name = ":".join([*spaces, one.name]) if one.name else ""
            found.append(Address(name, where, tuple(one.pattern.regex.groupindex)))
    return found
