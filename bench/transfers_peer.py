"""django-hordak as the peer of bench/transfers, in an environment of its own: the portal does not depend on it."""

import json
import os
import shutil
import subprocess
import sys
import tempfile
import venv
from pathlib import Path
from typing import Any

import psycopg

from bench import transfers_scratch as scratch

PINS = ["django-hordak==2.0.0", "Django==5.2.19", "psycopg[binary]==3.3.9"]
# Runs inside that environment: accounts, then transfers as hordak's own manual makes them.
CALLER = """
import json, os, random, sys, time
import django
from django.conf import settings
parts = json.loads(os.environ["PEER"])
settings.configure(
    SECRET_KEY="x", USE_TZ=True, DEFAULT_AUTO_FIELD="django.db.models.BigAutoField",
    INSTALLED_APPS=["django.contrib.contenttypes", "django.contrib.auth", "mptt", "djmoney", "hordak"],
    DATABASES={"default": {"ENGINE": "django.db.backends.postgresql", "NAME": parts["dbname"], "USER": parts["user"],
                           "PASSWORD": parts["password"], "HOST": parts["host"], "PORT": parts["port"]}},
    DEFAULT_CURRENCY="CNY", HORDAK_DECIMAL_PLACES=2, HORDAK_MAX_DIGITS=18)
django.setup()
from django.core.management import call_command
from django.db.models import Sum
from hordak.models import Account, AccountType, Leg
from moneyed import Money
if sys.argv[1] == "prepare":
    call_command("migrate", verbosity=0)
    parent = Account.objects.create(name="Customers", code="1", type=AccountType.liability, currencies=["CNY"])
    for number in range(int(sys.argv[2])):
        Account.objects.create(name=str(number), code=f"{number:04d}", parent=parent, currencies=["CNY"])
    sys.exit()
accounts = list(Account.objects.filter(parent__isnull=False))
for text in sys.stdin:
    order = json.loads(text)
    dice = random.Random(order["seed"])
    print("ready", flush=True)
    sys.stdin.readline()
    done, slowest = 0, 0.0
    begun = previous = time.monotonic()
    while previous < begun + order["seconds"]:
        payer, payee = dice.sample(accounts, 2)
        payer.transfer_to(payee, Money(dice.randint(1, 500), "CNY"))
        done += 1
        now = time.monotonic()
        slowest, previous = max(slowest, now - previous), now
    print(json.dumps({"done": done, "seconds": previous - begun, "slowest": slowest}), flush=True)
"""


class Peer:
    """hordak's own database and callers beside ours."""

    def __init__(self, url: str, name: str, options: Any) -> None:
        self.seconds, self.name, self.url = options.seconds, name, url
        self.home = Path(tempfile.mkdtemp(prefix="portal-peer-"))
        venv.create(self.home / "venv", with_pip=True)
        python = str(self.home / "venv" / "bin" / "python")
        subprocess.run([python, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", *PINS], check=True)
        with psycopg.connect(**scratch.parts(url), autocommit=True) as connection:
            connection.execute(f'CREATE DATABASE "{name}"')
        (self.home / "caller.py").write_text(CALLER)
        environment = os.environ | {"PEER": json.dumps(scratch.parts(scratch.rename(url, name)))}
        environment.pop("DJANGO_SETTINGS_MODULE", None)
        call = [python, str(self.home / "caller.py")]
        subprocess.run([*call, "prepare", "200"], env=environment, check=True)
        self.processes = [
            subprocess.Popen(
                [*call, "call"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environment
            )
            for _ in range(options.callers)
        ]  # fmt: skip

    def run(self, round_: int) -> tuple[float, float]:
        """Start all callers together and answer their rate together and the slowest call."""
        for number, process in enumerate(self.processes):
            print(json.dumps({"seed": number + 1000 * round_, "seconds": self.seconds}), file=process.stdin, flush=True)
        for process in self.processes:
            if process.stdout.readline().strip() != "ready":  # type: ignore[union-attr]
                sys.exit("a caller of the peer did not get ready")
        for process in self.processes:
            print("go", file=process.stdin, flush=True)
        results = [json.loads(process.stdout.readline()) for process in self.processes]  # type: ignore[union-attr]
        return sum(r["done"] / r["seconds"] for r in results), max(r["slowest"] for r in results)

    def stop(self) -> None:
        for process in self.processes:
            process.stdin.close()  # type: ignore[union-attr]
            process.wait(30)
        scratch.drop(self.url, self.name)
        shutil.rmtree(self.home, ignore_errors=True)
