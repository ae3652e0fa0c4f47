"""What must hold before the bank is opened to customers: `manage.py check --deploy --database default` says.

The first half reads settings. The second asks the database, as the role the portal runs as.
"""

from collections.abc import Iterator, Sequence
from datetime import timedelta
from typing import Any

from django.apps import AppConfig
from django.conf import settings
from django.core import checks
from django.core.exceptions import ImproperlyConfigured
from django.db import DatabaseError, connections
from django.utils import timezone

from accounts import vault
from accounts.inbox import sms
from accounts.models import User
from core.ui import signing
from portal import privileges
from portal.demo import people

OLDEST_POSTGRESQL = 150000

# Setting of the server -> the values under which an acknowledged booking survives a power cut, and why.
DURABILITY = {
    "fsync": ({"on"}, "a booking that was acknowledged could be lost with the power"),
    "full_page_writes": ({"on"}, "a page half-written at a power cut could not be repaired"),
    "synchronous_commit": (
        {"on", "local", "remote_write", "remote_apply"},
        "a booking would be acknowledged before it is on disk",
    ),
    "data_checksums": ({"on"}, "a page damaged on disk would be read as if it were whole"),
    "server_encoding": ({"UTF8"}, "names could not be stored as they are written"),
}


@checks.register(checks.Tags.security, deploy=True)
def the_demo_stays_at_home(app_configs: Sequence[AppConfig] | None, **kwargs: Any) -> list[checks.CheckMessage]:  # noqa: ARG001
    """This check will refuse a demo bank, which shows everybody's codes, and plain HTTP."""
    found: list[checks.CheckMessage] = []
    if settings.DEMO:
        found.append(
            checks.Error(
                "This is set up as the demo bank, which shows codes and demo people to everybody.",
                hint="Unset PORTAL_DEMO. The demo's database must not be used for a real bank either.",
                id="portal.E001",
            )
        )
    if not settings.HTTPS:
        found.append(
            checks.Error(
                "The portal is set up without TLS.",
                hint="Unset PORTAL_HTTPS, and put a proxy with a certificate in front: docs/operations.md.",
                id="portal.E002",
            )
        )
    return found


@checks.register(checks.Tags.security, deploy=True)
def the_secrets_are_set(app_configs: Sequence[AppConfig] | None, **kwargs: Any) -> list[checks.CheckMessage]:  # noqa: ARG001
    """This check will ask for the keys under which personal data is kept, and that no two secrets are the same."""
    found: list[checks.CheckMessage] = []
    try:
        vault.encrypt(b"", "portal.checks")
    except ImproperlyConfigured as error:
        found.append(checks.Error(str(error), id="portal.E003"))
    if len(settings.INDEX_KEY) < 32:
        found.append(
            checks.Error(
                "PORTAL_INDEX_KEY is missing or too short.",
                hint="Set it to at least 32 characters from a random source, once: docs/operations.md.",
                id="portal.E004",
            )
        )
    secrets = [text for text in (settings.SECRET_KEY, settings.INDEX_KEY, settings.AUDIT_KEY) if text]
    if len(set(secrets)) != len(secrets):
        found.append(
            checks.Error(
                "Two of DJANGO_SECRET_KEY, PORTAL_INDEX_KEY and PORTAL_AUDIT_KEY are the same.",
                hint="Whoever learns one would know the other. Give each its own random text.",
                id="portal.E005",
            )
        )
    return found


@checks.register(deploy=True)
def what_the_processes_share(app_configs: Sequence[AppConfig] | None, **kwargs: Any) -> list[checks.CheckMessage]:  # noqa: ARG001
    """This check will ask for a cache that all processes share, and for mail that reaches people."""
    found: list[checks.CheckMessage] = []
    if settings.CACHES["default"]["BACKEND"].endswith(("LocMemCache", "DummyCache")):
        found.append(
            checks.Error(
                "Each process counts sign-in attempts for itself.",
                hint="Set CACHE_URL to a Redis or Valkey that all processes share.",
                id="portal.E006",
            )
        )
    if settings.EMAIL_BACKEND.rsplit(".", 2)[1] in {"console", "dummy", "locmem", "filebased"}:
        found.append(
            checks.Warning(
                "Mail is written to the log and reaches nobody.",
                hint="Set EMAIL_URL, for example smtp+tls://user:password@mail.bank.example:587",
                id="portal.W001",
            )
        )
    return found


@checks.register(deploy=True)
def texts_reach_people(app_configs: Sequence[AppConfig] | None, **kwargs: Any) -> list[checks.CheckMessage]:  # noqa: ARG001
    """This check will ask for a gateway that sends text messages: people register and recover their access by them."""
    hint = "Set PORTAL_SMS_GATEWAY to the dotted path of a class of accounts.inbox.sms.Gateway: docs/operations.md."
    try:
        found = sms.gateway()
    except sms.NoGateway:
        return [checks.Error("No gateway sends text messages.", hint=hint, id="portal.E018")]
    except (ImportError, TypeError) as error:
        return [checks.Error(f"The gateway for text messages cannot be made: {error}", hint=hint, id="portal.E018")]
    if found.keeps_texts and not settings.DEMO:
        return [
            checks.Error(
                "The demo bank's gateway is set: it sends nothing and keeps the words of every text.",
                hint=hint,
                id="portal.E019",
            )
        ]
    return []


@checks.register(checks.Tags.security, deploy=True)
def papers_can_be_signed(app_configs: Sequence[AppConfig] | None, **kwargs: Any) -> list[checks.CheckMessage]:  # noqa: ARG001
    """This check will ask for a seal that is valid today and for a month to come."""
    hint = "Set PORTAL_PAPER_SEAL to a PEM file with key and certificate: docs/operations.md."
    now = timezone.now()
    if said := signing.problem(now):
        return [checks.Error(said, hint=hint, id="portal.E020")]
    if said := signing.problem(now + timedelta(days=30)):
        return [checks.Warning(said, hint=hint, id="portal.W002")]
    return []


@checks.register(checks.Tags.database, deploy=True)
def the_database_is_fit(
    app_configs: Sequence[AppConfig] | None,  # noqa: ARG001
    databases: Sequence[str] | None = None,
    **kwargs: Any,  # noqa: ARG001
) -> list[checks.CheckMessage]:
    """This check will ask the database how it keeps what it acknowledges, and what the portal's role may do."""
    found: list[checks.CheckMessage] = []
    for alias in databases or ():
        try:
            found += [*_server(alias), *_role(alias), *_people(alias)]
        except DatabaseError as error:
            reason = str(error).splitlines()[0]
            found.append(checks.Error(f"The database {alias} does not answer: {reason}", id="portal.E010"))
    return found


def _server(alias: str) -> Iterator[checks.CheckMessage]:
    with connections[alias].cursor() as cursor:
        cursor.execute("SELECT name, setting FROM pg_settings WHERE name = ANY(%s)", [list(DURABILITY)])
        settings_of_server = dict(cursor.fetchall())
        cursor.execute("SELECT current_setting('server_version_num')::int, current_setting('server_version')")
        number, shown = cursor.fetchone()
    for name, (allowed, why) in DURABILITY.items():
        value = settings_of_server.get(name)
        if value not in allowed:
            yield checks.Error(f"PostgreSQL's {name} is {value}: {why}.", id="portal.E011")
    if number < OLDEST_POSTGRESQL:
        yield checks.Error(f"PostgreSQL {shown} is older than 15.", id="portal.E012")


def _role(alias: str) -> Iterator[checks.CheckMessage]:
    role = settings.DATABASE_APP_ROLE
    with connections[alias].cursor() as cursor:
        cursor.execute(
            "SELECT current_user, (SELECT rolsuper OR rolcreaterole OR rolbypassrls FROM pg_roles"
            " WHERE rolname = current_user), EXISTS (SELECT 1 FROM pg_roles WHERE rolname = %s)",
            [role],
        )
        user, mighty, exists = cursor.fetchone()
    if mighty:
        yield checks.Error(f"The portal runs as {user}, who may do anything in this database.", id="portal.E013")
    if not exists:
        yield checks.Error(
            f"The application's role {role} does not exist, so the books are not protected from the portal.",
            hint="Make it, run migrate as the owner, and run the portal as this role: docs/operations.md.",
            id="portal.E014",
        )
        return
    if user != role:
        yield checks.Error(
            f"The portal runs as {user} and not as {role}, so it could alter the books.",
            hint="DATABASE_URL names the application's role; only migrate runs as the owner.",
            id="portal.E015",
        )
    for difference in privileges.differences(using=alias, role=role):
        yield checks.Error(
            f"Database privileges: {difference}.",
            hint="Run `manage.py migrate` as the owner of the tables; it sets them anew.",
            id="portal.E016",
        )


def _people(alias: str) -> Iterator[checks.CheckMessage]:
    if settings.DEMO:
        return
    invented = [person.email for person in people.EVERYBODY]
    if User.objects.using(alias).filter(email__in=invented).exists():
        yield checks.Error(
            "Demo people live in this database, and their passwords are public.",
            hint="A real bank starts with a database of its own.",
            id="portal.E017",
        )
