"""script/manage: manage.py in the portal's own set-up, with its servers up for as long as it runs."""

import os
import signal
import subprocess
import time
from collections.abc import Sequence

from house import say, setting
from house.bank import Bank
from house.locks import Users, wait_ready
from house.places import Places
from house.processes import die_with_parent

# These change tables, so they run as the tables' owner. Everything else runs as the portal itself does.
OWNER_COMMANDS = {"migrate", "makemigrations", "squashmigrations", "sqlmigrate", "flush", "sqlflush", "inspectdb"}


def run(places: Places, arguments: Sequence[str]) -> int:
    say.use_stderr()  # standard output belongs to the command: its JSON must stay JSON
    places.prepare()
    bank = Bank(places, speak=not places.venv.exists())
    arguments = list(arguments)
    as_owner = bool(arguments) and arguments[0] == "--owner"
    if as_owner:
        arguments.pop(0)
    users = Users(places.users)
    mine = bank.lock.take(f"script/manage {arguments[0] if arguments else ''}".strip())
    try:
        if mine:
            places.ready.unlink(missing_ok=True)
            bank.start_services()
            if arguments[:1] != ["migrate"]:
                bank.prepare(everything=False)
            places.ready.touch()
        else:
            wait_ready(places.ready, bank.lock)
            users.join()
            bank.setting = setting.read(places)
        found = bank.setting
        if found is None:
            raise RuntimeError("no setting was read")
        as_owner = as_owner or (bool(arguments) and arguments[0] in OWNER_COMMANDS)
        return call(places, arguments, found.owner if as_owner else found.app)
    finally:
        users.leave()
        if mine:
            wait_for_others(users)
            for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
                signal.signal(number, signal.SIG_IGN)
            places.ready.unlink(missing_ok=True)
            bank.stop_services()
            bank.lock.release()


def call(places: Places, arguments: Sequence[str], env: dict[str, str]) -> int:
    """This function will run manage.py on this terminal; Ctrl-C is its affair, not ours, while it runs."""
    command = [str(places.python), str(places.root / "manage.py"), *arguments]
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        process = subprocess.Popen(command, env=env, cwd=os.getcwd(), preexec_fn=lambda: _ready_child(os.getppid()))
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
