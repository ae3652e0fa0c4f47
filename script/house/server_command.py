"""script/server: the whole portal under one parent."""

import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Sequence

from house import say
from house.bank import Bank
from house.options import ServerOptions, allowed_hosts, check_port, parse_server
from house.places import Places
from house.processes import Child, Keeper
from house.say import Trouble

READY_SECONDS = 90.0


def run(places: Places, arguments: Sequence[str]) -> int:
    options = parse_server(arguments)
    places.prepare()
    bank = Bank(places)
    if not bank.lock.take("script/server"):
        raise Trouble(
            f"The portal is already in use here: {bank.lock.holder()}. Stop that first, with Ctrl-C where it runs."
        )
    places.ready.unlink(missing_ok=True)
    check_port(options.host, options.port)
    if options.reset:
        reset(bank, options)
    keeper = Keeper()
    running = False
    try:
        bank.start_services(empty=options.empty)
        bank.prepare(everything=True)
        start(bank, keeper, options)
        places.ready.touch()
        running = True
        while True:
            keeper.look()
            time.sleep(0.3)
    except KeyboardInterrupt:
        if not running:
            raise
        return 0
    finally:
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            signal.signal(number, signal.SIG_IGN)  # one request to stop is enough; stopping is not interrupted
        places.ready.unlink(missing_ok=True)
        if bank.setting is not None:
            say.line("\nStopping …")
            keeper.stop()
            bank.stop_services()
            say.line("Stopped. Nothing is left running; the data is kept.")
        bank.lock.release()


def reset(bank: Bank, options: ServerOptions) -> None:
    """This function will remove the bank that is here, after asking. Raises Trouble when it may not."""
    if os.environ.get("DATABASE_URL"):
        raise Trouble("--reset removes the bank kept here; the one in DATABASE_URL is yours to remove.")
    if not options.yes:
        if not sys.stdin.isatty():
            raise Trouble("--reset removes all data of this bank. Without a terminal to ask on, add --yes.")
        answer = input("This removes every account, person and file of the bank kept here. Type reset to go on: ")
        if answer.strip() != "reset":
            raise Trouble("Nothing was removed.")
    with say.step("Removing the bank that was here"):
        bank.remove()
        bank.places.prepare()


def start(bank: Bank, keeper: Keeper, options: ServerOptions) -> None:
    """This function will start worker, web and beat, wait for the first page, and say where the bank is."""
    found = bank.setting
    if found is None:
        raise RuntimeError("start_services comes first")
    for server in (found.postgres, found.valkey):
        if server is not None and server.child is not None:
            keeper.children.append(server.child)
    root, bin_folder = bank.places.root, bank.places.venv / "bin"
    shown = "localhost" if options.host in {"127.0.0.1", "0.0.0.0", "::", "::1"} else options.host
    address = f"http://{f'[{shown}]' if ':' in shown else shown}:{options.port}"
    found.app.setdefault("PORTAL_PUBLIC_URL", address)
    web_env = dict(found.app)
    web_env.setdefault("DJANGO_ALLOWED_HOSTS", ",".join(allowed_hosts(options.host)))
    bind = f"[{options.host}]:{options.port}" if ":" in options.host else f"{options.host}:{options.port}"
    celery = [str(bin_folder / "celery"), "--quiet", "--app", "portal"]
    beat = bank.places.state / "beat"
    beat.mkdir(mode=0o700, exist_ok=True)
    config = ["--config", "python:portal.gunicorn_config", "--bind", bind]
    with say.step("Starting web, worker and beat"):
        web = keeper.add(
            Child("web", [str(bin_folder / "gunicorn"), *config, "portal.wsgi"], web_env, root, patience=10)
        )
        people = None
        if found.is_demo and bank.has_command("demo_people"):
            command = [str(bank.places.python), str(root / "manage.py"), "demo_people"]
            people = subprocess.Popen(command, env=web_env, cwd=root, stdout=subprocess.PIPE, text=True)
        wait_for_page(probe_address(options), web)
        keeper.add(Child("worker", [*celery, *worker_arguments(found.app)], found.app, root, patience=15))
        schedule = ["--schedule", str(beat / "schedule"), "--pidfile="]
        keeper.add(Child("beat", [*celery, "beat", *schedule], found.app, root))
        if found.is_demo and bank.has_command("run_gateway"):  # the other banks of the demo, beside ours
            gateway = [str(bank.places.python), str(root / "manage.py"), "run_gateway"]
            keeper.add(Child("gateway", gateway, found.app, root))
        if found.is_demo and bank.has_command("run_correspondents"):  # and those abroad
            abroad = [str(bank.places.python), str(root / "manage.py"), "run_correspondents"]
            keeper.add(Child("correspondents", abroad, found.app, root))
    say.line(f"\nThe bank is open: {address}/\n")
    if people is not None:
        text, _ = people.communicate()
        say.line(text.rstrip())
    say.line("\nCtrl-C stops everything.\n")


def worker_arguments(env: dict[str, str]) -> list[str]:
    """This function will answer the worker's arguments; docs/operations.md and compose.yaml use the same."""
    return [
        "worker", "--queues", "outbox,default", "--concurrency", env.get("WORKER_CONCURRENCY", "2"),
        "--without-gossip", "--without-mingle", "--without-heartbeat",
    ]  # fmt: skip


def probe_address(options: ServerOptions) -> str:
    host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(options.host, options.host)
    return f"http://{f'[{host}]' if ':' in host else host}:{options.port}/readyz"


def wait_for_page(address: str, web: Child, seconds: float = READY_SECONDS) -> None:
    """This function will wait until the portal says it is ready. Raises Trouble when the web server ends instead."""
    end = time.monotonic() + seconds
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    last = "no answer"
    while time.monotonic() < end:
        if not web.alive:
            raise Trouble(f"The web server {web.ending()}; its last lines above say why.")
        try:
            with opener.open(address, timeout=5) as answer:
                if answer.status == 200:
                    return
        except urllib.error.HTTPError as error:
            last = error.read(500).decode("utf-8", "replace")
        except OSError as error:
            last = str(error)
        time.sleep(0.1)
    raise Trouble(f"The portal did not become ready within {seconds:.0f} s: {last}")
