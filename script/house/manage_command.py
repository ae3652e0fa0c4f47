"""script/manage: manage.py in the portal's own set-up, with its servers up for as long as it runs."""

import os
import signal
import subprocess
import time
from collections.abc import Sequence
from dataclasses import dataclass
from urllib.parse import unquote, urlsplit

from house import say, setting
from house.bank import Bank
from house.locks import Users, wait_ready
from house.places import Places
from house.processes import die_with_parent
from house.say import Trouble

# These change tables, so they run as the tables' owner. Everything else runs as the portal itself does.
OWNER_COMMANDS = {"migrate", "makemigrations", "squashmigrations", "sqlmigrate", "flush", "sqlflush", "inspectdb"}


@dataclass(frozen=True)
class Words:
    """A command line of script/manage: what is run, as whom, and whether it is manage.py or another program."""

    rest: list[str]
    owner: bool
    run: bool


def run(places: Places, arguments: Sequence[str]) -> int:
    say.use_stderr()  # standard output belongs to the command: its JSON must stay JSON
    places.prepare()
    bank = Bank(places, speak=not places.venv.exists())
    words = parse(arguments)
    arguments = words.rest
    users = Users(places.users)
    mine = bank.lock.take(f"script/manage {arguments[0] if arguments else ''}".strip())
    try:
        if mine:
            places.ready.unlink(missing_ok=True)
            bank.start_services()
            if not words.run and arguments[:1] != ["migrate"]:
                bank.prepare(everything=False)
            places.ready.touch()
        else:
            wait_ready(places.ready, bank.lock)
            users.join()
            bank.setting = setting.read(places)
        found = bank.setting
        if found is None:
            raise RuntimeError("no setting was read")
        env = found.owner if words.owner else found.app
        if words.run:
            return call(arguments, env | postgres_variables(env["DATABASE_URL"]))
        return call([str(places.python), str(places.root / "manage.py"), *arguments], env)
    finally:
        users.leave()
        if mine:
            wait_for_others(users)
            for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
                signal.signal(number, signal.SIG_IGN)
            places.ready.unlink(missing_ok=True)
            bank.stop_services()
            bank.lock.release()


def parse(arguments: Sequence[str]) -> Words:
    """This function will take --owner and --run off the front; the first other word begins the command."""
    rest = list(arguments)
    owner = run = False
    while rest and rest[0] in {"--owner", "--run"}:
        word = rest.pop(0)
        owner, run = owner or word == "--owner", run or word == "--run"
    if run and not rest:
        raise Trouble("--run wants a program: script/manage --owner --run pg_dump --format=custom --file=bank.dump")
    by_itself = not run and bool(rest) and rest[0] in OWNER_COMMANDS
    return Words(rest=rest, owner=owner or by_itself, run=run)


def postgres_variables(url: str) -> dict[str, str]:
    """This function will tell psql, pg_dump and pg_restore where the database is, by environment."""
    parts = urlsplit(url)
    folder, _, name = unquote(parts.path).removeprefix("/").rpartition("/")
    found = {
        "PGHOST": folder or parts.hostname or "",
        "PGPORT": str(parts.port or ""),
        "PGUSER": unquote(parts.username or ""),
        "PGPASSWORD": unquote(parts.password or ""),
        "PGDATABASE": name,
    }
    return {name: value for name, value in found.items() if value}


def call(command: Sequence[str], env: dict[str, str]) -> int:
    """This function will run a program on this terminal; Ctrl-C is its affair, not ours, while it runs."""
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    parent = os.getpid()
    try:
        process = subprocess.Popen(command, env=env, preexec_fn=lambda: _ready_child(parent))
        code = process.wait()
    finally:
        signal.signal(signal.SIGINT, before)
    return code if code >= 0 else 128 - code


def _ready_child(parent: int) -> None:
    signal.signal(signal.SIGINT, signal.default_int_handler)
    die_with_parent(signal.SIGTERM, parent)()


def wait_for_others(users: Users) -> None:
    """This function will wait for those who use the servers we started, telling so once."""
    if users.someone():
        say.line("Another script/manage still uses the database; waiting for it to finish.")
        while users.someone():
            time.sleep(0.2)
