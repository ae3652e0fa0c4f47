"""Which of the portal's connections leave this machine in clear text: to the database, the broker, the cache, for mail.

Inside one machine, or over a socket of files, nobody listens in. What else stays on a machine of the bank's own (the
network between containers of one host) is named in `PORTAL_NEAR_HOSTS`; unnamed means far.
"""

import ipaddress
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any
from urllib.parse import parse_qs, urlsplit

from django.apps import AppConfig
from django.conf import settings
from django.core import checks

CHECKED = frozenset({"verify-ca", "verify-full"})  # libpq's: below these the server's certificate is not looked at
SEALED_SCHEMES = frozenset({"rediss", "valkeys", "amqps", "amqp+ssl", "https"})

_NEAR = "or name the host in PORTAL_NEAR_HOSTS if what is sent to it stays on one machine: docs/operations.md."


def is_near(host: str, near: Collection[str]) -> bool:
    """This function will say whether what is sent to a host stays on one machine."""
    if not host or host.startswith("/") or host == "localhost" or host in near:
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def database_in_clear(database: Mapping[str, Any], near: Collection[str]) -> bool:
    """This function will say whether a connection of Django's DATABASES can be listened to on its way."""
    hosts = str(database.get("HOST") or "").split(",")
    return not (
        all(is_near(host, near) for host in hosts) or database.get("OPTIONS", {}).get("sslmode", "prefer") in CHECKED
    )


def in_clear(addresses: str | Collection[str], near: Collection[str]) -> Iterator[str]:
    """This function will name the hosts that an address of a broker or cache (or several) reaches in clear text."""
    every = addresses.split(";") if isinstance(addresses, str) else addresses
    for address in every:
        parts = urlsplit(address)
        sealed = parts.scheme.lower() in SEALED_SCHEMES and parse_qs(parts.query).get("ssl_cert_reqs", [""])[0] not in {
            "none", "CERT_NONE", "optional", "CERT_OPTIONAL",
        }  # fmt: skip
        if not (sealed or parts.scheme.lower().endswith("unix") or is_near(parts.hostname or "", near)):
            yield str(parts.hostname)


@checks.register(checks.Tags.security, deploy=True)
def nobody_listens_in(app_configs: Sequence[AppConfig] | None, **kwargs: Any) -> list[checks.CheckMessage]:  # noqa: ARG001
    """This check will refuse connections that leave the machine in clear text (ASVS 12.3)."""
    found: list[checks.CheckMessage] = []
    near = settings.NEAR_HOSTS
    for alias, database in settings.DATABASES.items():
        if database_in_clear(database, near):
            found.append(
                checks.Error(
                    f"The connection to the database {alias} can be listened to on its way.",
                    hint="Add ?sslmode=verify-full&sslrootcert=… to DATABASE_URL; " + _NEAR,
                    id="portal.E021",
                )
            )
    shared = settings.CACHES["default"].get("LOCATION") or ""
    for name, addresses in (("CELERY_BROKER_URL", settings.CELERY_BROKER_URL), ("CACHE_URL", shared)):
        found += [
            checks.Error(
                f"What is sent to {host} can be listened to on its way ({name}).",
                hint="Use rediss:// or amqps:// with a certificate that is checked; " + _NEAR,
                id="portal.E022",
            )
            for host in in_clear(addresses, near)
        ]
    sends = settings.EMAIL_BACKEND.endswith("smtp.EmailBackend")
    if sends and not (settings.EMAIL_USE_TLS or settings.EMAIL_USE_SSL or is_near(settings.EMAIL_HOST, near)):
        found.append(
            checks.Error(
                f"Mail goes to {settings.EMAIL_HOST} in clear text.",
                hint="Set EMAIL_URL with smtp+tls:// or smtp+ssl://; " + _NEAR,
                id="portal.E023",
            )
        )
    return found
