"""The environment of the portal's programs: the outside's variables, `.portal/env`, and our own servers' addresses."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import unquote, urlsplit

from house import secrets_file
from house.places import Places
from house.postgres import APP, OWNER, Postgres
from house.say import Trouble
from house.valkey import Valkey


@dataclass
class Setting:
    """Which servers are ours, and the variables for the application and for the owner of its tables."""

    postgres: Postgres | None
    valkey: Valkey | None
    app: dict[str, str]
    owner: dict[str, str]

    @property
    def is_demo(self) -> bool:
        return self.app.get("PORTAL_DEMO", "0").lower() in {"1", "true", "yes", "on"}


def own_database(env: Mapping[str, str]) -> bool:
    return not env.get("DATABASE_URL")


def own_broker(env: Mapping[str, str]) -> bool:
    """Ours runs unless both the broker and a cache that all processes share are given from outside."""
    broker = env.get("CELERY_BROKER_URL", "")
    return not broker or not (env.get("CACHE_URL") or _as_cache(broker))


def _as_cache(broker: str) -> str:
    """A Redis that is the broker can be the cache too; RabbitMQ cannot."""
    schemes = {"redis": "rediscache", "rediss": "rediss"}
    scheme, _, rest = broker.partition("://")
    return f"{schemes[scheme]}://{rest}" if scheme in schemes else ""


def read(places: Places, *, empty: bool = False, env: Mapping[str, str] | None = None) -> Setting:
    """This function will put the variables together; what is set outside wins over `.portal/env`. Raises Trouble."""
    outer = dict(os.environ if env is None else env)
    cluster = places.database_home() / "data" / "PG_VERSION"
    kept = secrets_file.load(places.env_file, data_exists=own_database(outer) and cluster.exists())
    kept = remember_kind(places.env_file, kept, empty=empty, cluster_exists=cluster.exists() and own_database(outer))
    passwords = {name: value for name, value in kept.items() if name.startswith("EMBEDDED_")}
    postgres = Postgres.of(places, passwords=passwords) if own_database(outer) else None
    valkey = Valkey.of(places) if own_broker(outer) else None
    app = {name: value for name, value in kept.items() if not name.startswith("EMBEDDED_")} | outer
    app.setdefault("PORTAL_DATA_DIR", str(places.state))
    app.setdefault("PORTAL_HTTPS", "0")  # this command serves plain HTTP to this machine; see docs/operations.md
    app["PYTHONUNBUFFERED"] = "1"
    app["VIRTUAL_ENV"] = str(places.venv)
    app["PATH"] = os.pathsep.join([str(places.venv / "bin"), *_programs(postgres), app.get("PATH", os.defpath)])
    app.pop("PYTHONHOME", None)
    owner_url = app.pop("DATABASE_OWNER_URL", "")
    if postgres is not None:
        app["DATABASE_URL"] = postgres.url(APP)
        app["DATABASE_APP_ROLE"] = APP
        owner_url = postgres.url(OWNER)
    else:
        app.setdefault("DATABASE_APP_ROLE", unquote(urlsplit(app["DATABASE_URL"]).username or APP))
    if valkey is not None:
        app.setdefault("CELERY_BROKER_URL", valkey.broker_url())
        app.setdefault("CACHE_URL", valkey.cache_url())
    else:
        app.setdefault("CACHE_URL", _as_cache(app["CELERY_BROKER_URL"]))
    if os.geteuid() == 0:
        # Celery's remark about root would come with every start; whoever starts this as root knows.
        app.setdefault("PYTHONWARNINGS", "ignore:You're running the worker with superuser privileges")
    return Setting(
        postgres=postgres, valkey=valkey, app=app, owner=app | {"DATABASE_URL": owner_url or app["DATABASE_URL"]}
    )


def _programs(postgres: Postgres | None) -> list[str]:
    return [str(postgres.bin)] if postgres is not None else []


def remember_kind(path: Path, kept: dict[str, str], *, empty: bool, cluster_exists: bool) -> dict[str, str]:
    """This function will note at the first start whether this is the demo bank, and hold later starts to it."""
    if "PORTAL_DEMO" not in kept:
        kept = {**kept, "PORTAL_DEMO": "0" if empty else "1"}
        secrets_file.write(path, kept)
    elif empty and kept["PORTAL_DEMO"] == "1":
        if cluster_exists:
            raise Trouble(
                "The bank here is the demo bank. To start an empty one in its place: script/server --reset --empty"
            )
        kept = {**kept, "PORTAL_DEMO": "0"}
        secrets_file.write(path, kept)
    return kept
