"""What the application's database role may do: the least it needs, and less still for rooms that are append-only.

The tables belong to an owner that migrates. The portal runs as `settings.DATABASE_APP_ROLE`. Every ordinary table
gives that role SELECT, INSERT, UPDATE and DELETE. A room that wants less says so on its AppConfig:

    class LedgerConfig(AppConfig):
        privileges = {
            "ledger_line": "SELECT",                     # lines are written by functions alone
            "ledger_account": "SELECT, UPDATE (name)",   # of the columns only the name
            "ledger_secret": "",                         # nothing at all
        }
        owner_functions = ("ledger_rollup",)             # these functions are not for the application

A partition has what its partitioned table has. Nobody is given TRUNCATE, REFERENCES or TRIGGER, and functions are
taken from PUBLIC, so that a SECURITY DEFINER function is open to the application's role only.
"""

import logging
import re
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from django.apps import AppConfig, apps
from django.conf import settings
from django.db import DEFAULT_DB_ALIAS, connections, transaction
from django.db.backends.utils import CursorWrapper

log = logging.getLogger(__name__)

ORDINARY = "SELECT, INSERT, UPDATE, DELETE"
_ONE_RIGHT = re.compile(r"(SELECT|INSERT|UPDATE|DELETE)(?:\s*\(([a-z_0-9, ]+)\))?", re.IGNORECASE)

# Ordinary tables, partitioned tables, views and sequences of the schema `public` that the present user may give away.
_RELATIONS = """
    SELECT c.oid::regclass::text, c.relname, c.relkind::text,
           coalesce((SELECT r.relname FROM pg_class r WHERE r.oid = pg_partition_root(c.oid)), c.relname)
      FROM pg_class c
     WHERE c.relnamespace = 'public'::regnamespace
       AND c.relkind IN ('r', 'p', 'v', 'm', 'S')
       AND pg_has_role(c.relowner, 'USAGE')
       AND NOT EXISTS (SELECT 1 FROM pg_depend d
                        WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'e')
     ORDER BY 1
"""
_FUNCTIONS = """
    SELECT p.oid::regprocedure::text, p.proname
      FROM pg_proc p
     WHERE p.pronamespace = 'public'::regnamespace
       AND pg_has_role(p.proowner, 'USAGE')
       AND NOT EXISTS (SELECT 1 FROM pg_depend d
                        WHERE d.classid = 'pg_proc'::regclass AND d.objid = p.oid AND d.deptype = 'e')
     ORDER BY 1
"""


class WrongPrivileges(ValueError):
    """A room's declaration cannot be read, or contradicts another room's."""


@dataclass(frozen=True)
class Right:
    """One right on one table; without columns it covers the whole table."""

    verb: str
    columns: tuple[str, ...] = ()


def parse(text: str) -> tuple[Right, ...]:
    """This function will read a declaration such as "SELECT, UPDATE (name)"; raises WrongPrivileges."""
    rights, rest = [], text.strip()
    while rest:
        match = _ONE_RIGHT.match(rest)
        after = rest[match.end() :].lstrip() if match else ""
        if match is None or (after and not after.startswith(",")):
            raise WrongPrivileges(f"cannot read the privileges {text!r}")
        columns = tuple(name.strip() for name in (match[2] or "").split(",") if name.strip())
        rights.append(Right(match[1].upper(), columns))
        rest = after[1:].strip()
    return tuple(rights)


def declared() -> dict[str, tuple[Right, ...]]:
    """This function will collect what the rooms declare, by table; raises WrongPrivileges when two rooms differ."""
    found: dict[str, tuple[Right, ...]] = {}
    for config in apps.get_app_configs():
        for table, text in getattr(config, "privileges", {}).items():
            rights = parse(text)
            if found.setdefault(table, rights) != rights:
                raise WrongPrivileges(f"two rooms declare different privileges for {table}")
    return found


def owner_functions() -> frozenset[str]:
    """This function will collect the names of the functions that are not for the application's role."""
    return frozenset(name for config in apps.get_app_configs() for name in getattr(config, "owner_functions", ()))


def rights_on(*, table: str, kind: str, root: str, rules: dict[str, tuple[Right, ...]]) -> tuple[Right, ...]:
    """This function will say what the application's role gets on one table, by its own rule or its partition root's."""
    if root in rules or table in rules:
        return rules.get(table, rules.get(root, ()))
    return parse("SELECT" if kind in "vm" else ORDINARY)


def reason_to_skip(*, role: str, using: str = DEFAULT_DB_ALIAS) -> str:
    """This function will say why nothing can be granted here, or answer an empty text when it can."""
    with connections[using].cursor() as cursor:
        cursor.execute(
            "SELECT current_user, EXISTS (SELECT 1 FROM pg_roles WHERE rolname = %s)", [role]
        )  # one look at who we are and whether the role is there
        user, exists = cursor.fetchone()
    if not exists:
        return f"the role {role} does not exist"
    if user == role:
        return f"the connection is already made as {role}; only the owner of the tables can grant"
    return ""


def grant(*, using: str = DEFAULT_DB_ALIAS, role: str | None = None) -> bool:
    """This function will give the application's role exactly what it needs, in one transaction, as the tables' owner.

    May be repeated. Answers False, and says why in the log, when the role does not exist or is the present user.
    Raises WrongPrivileges when a declaration cannot be read.
    """
    role = role or settings.DATABASE_APP_ROLE
    rules, hidden = declared(), owner_functions()
    if skipped := reason_to_skip(role=role, using=using):
        log.warning("database privileges were not set: %s", skipped)
        return False
    connection = connections[using]
    with transaction.atomic(using=using), connection.cursor() as cursor:
        quoted = connection.ops.quote_name(role)
        statements = [
            f"REVOKE CREATE ON SCHEMA public FROM PUBLIC, {quoted}",
            f"GRANT USAGE ON SCHEMA public TO {quoted}",
            *_relation_statements(cursor, quoted, rules),
            *_function_statements(cursor, quoted, hidden),
        ]
        cursor.execute("; ".join(statements))
    return True


def _relation_statements(cursor: CursorWrapper, role: str, rules: dict[str, tuple[Right, ...]]) -> Iterator[str]:
    cursor.execute(_RELATIONS)
    for qualified, name, kind, root in cursor.fetchall():
        if kind == "S":
            yield f"GRANT USAGE ON SEQUENCE {qualified} TO {role}"
            continue
        yield f"REVOKE ALL ON TABLE {qualified} FROM PUBLIC, {role}"
        rights = rights_on(table=name, kind=kind, root=root, rules=rules)
        if any(right.columns for right in rights):
            rights = present(rights, columns=_columns(cursor, qualified))
        if rights:
            yield f"GRANT {', '.join(map(_as_sql, rights))} ON TABLE {qualified} TO {role}"


def present(rights: Iterable[Right], *, columns: Collection[str]) -> tuple[Right, ...]:
    """This function will leave out the columns that a table does not have: before or after a migration it has others.

    A right that names nothing but such columns falls away; it never becomes a right on the whole table.
    """
    found = []
    for right in rights:
        here = tuple(name for name in right.columns if name in columns)
        if here or not right.columns:
            found.append(Right(right.verb, here))
    return tuple(found)


def _columns(cursor: CursorWrapper, qualified: str) -> frozenset[str]:
    cursor.execute(
        "SELECT attname FROM pg_attribute WHERE attrelid = %s::regclass AND attnum > 0 AND NOT attisdropped",
        [qualified],
    )
    return frozenset(name for (name,) in cursor.fetchall())


def _as_sql(right: Right) -> str:
    columns = ", ".join(f'"{name}"' for name in right.columns)
    return f"{right.verb} ({columns})" if columns else right.verb


def _function_statements(cursor: CursorWrapper, role: str, hidden: frozenset[str]) -> Iterator[str]:
    cursor.execute(_FUNCTIONS)
    for signature, name in cursor.fetchall():
        yield f"REVOKE ALL ON ROUTINE {signature} FROM PUBLIC, {role}"
        if name not in hidden:
            yield f"GRANT EXECUTE ON ROUTINE {signature} TO {role}"


def differences(*, using: str = DEFAULT_DB_ALIAS, role: str | None = None) -> list[str]:
    """This function will list where the role holds more or less than declared, as sentences; empty when all is well.

    It asks the database itself, so that a grant through another role or through PUBLIC is seen too.
    """
    role = role or settings.DATABASE_APP_ROLE
    rules = declared()
    found: list[str] = []
    with connections[using].cursor() as cursor:
        cursor.execute(_HELD, {"role": role})
        held = cursor.fetchall()
        cursor.execute(_ALL_COLUMNS)
        columns = set(cursor.fetchall())
    tables = {name for name, *_ in held}
    found += [f"{table} is named in a declaration but does not exist" for table in sorted(rules.keys() - tables)]
    found += [f"{table} has no column {column}, which a declaration names" for table, column in _named(rules) - columns
              if table in tables]  # fmt: skip
    for name, kind, root, owned, verbs in held:
        if owned:
            found.append(f"{role} owns {name}")
        wanted = {right.verb for right in rights_on(table=name, kind=kind, root=root, rules=rules) if not right.columns}
        found += [f"{role} may {verb} on {name}" for verb in sorted(set(verbs) - wanted)]
        found += [f"{role} may not {verb} on {name}" for verb in sorted(wanted - set(verbs))]
    return found


def _named(rules: dict[str, tuple[Right, ...]]) -> set[tuple[str, str]]:
    return {(table, column) for table, rights in rules.items() for right in rights for column in right.columns}


_ALL_COLUMNS = """
    SELECT c.relname, a.attname FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid
     WHERE c.relnamespace = 'public'::regnamespace AND a.attnum > 0 AND NOT a.attisdropped
"""
_HELD = """
    SELECT c.relname, c.relkind::text,
           coalesce((SELECT r.relname FROM pg_class r WHERE r.oid = pg_partition_root(c.oid)), c.relname),
           pg_has_role(%(role)s, c.relowner, 'USAGE'),
           ARRAY(SELECT v FROM unnest(ARRAY['SELECT', 'INSERT', 'UPDATE', 'DELETE', 'TRUNCATE', 'REFERENCES',
                                            'TRIGGER']) AS v
                  WHERE has_table_privilege(%(role)s, c.oid, v))
      FROM pg_class c
     WHERE c.relnamespace = 'public'::regnamespace
       AND c.relkind IN ('r', 'p', 'v', 'm')
       AND NOT EXISTS (SELECT 1 FROM pg_depend d
                        WHERE d.classid = 'pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'e')
     ORDER BY 1
"""


def after_migrate(sender: AppConfig, using: str = DEFAULT_DB_ALIAS, **kwargs: Any) -> None:  # noqa: ARG001
    """This function will set the privileges each time `migrate` has finished; the portal is the last app to hear."""
    grant(using=using)
