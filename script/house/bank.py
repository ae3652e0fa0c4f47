"""Brings a bank up: packages, servers, tables, words, files. A step runs only when something it stands on changed."""

import os
import shutil
import signal
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext

from house import packages, say, setting, stages
from house.locks import Lock
from house.places import Places
from house.processes import end_all_in, run_quietly, tail
from house.say import Step, Trouble
from house.setting import Setting


class Bank:
    """One checkout's bank, from nothing to its servers being up, and down again."""

    def __init__(self, places: Places, *, speak: bool = True) -> None:
        self.places = places
        self.lock = Lock(places.lock)
        self.done = stages.Done(places.done)
        self.speak = speak
        self.setting: Setting | None = None

    # ── the way up ───────────────────────────────────────────────────────────
    def start_services(self, *, empty: bool = False) -> Setting:
        """This function will see to the packages and start whichever of the two servers are ours."""
        packages.ensure(self.places)
        self.setting = found = setting.read(self.places, empty=empty)
        if found.postgres is not None:
            with self._step("Starting PostgreSQL" if found.postgres.exists else "Making the database"):
                found.postgres.prepare()
                found.postgres.start()
        if found.valkey is not None:
            with self._step("Starting the broker"):
                found.valkey.start()
        return found

    def prepare(self, *, everything: bool) -> None:
        """This function will bring tables, translations and, for a server, static files and the demo up to date."""
        found = self._setting()
        code = stages.mark_of(stages.code(self.places.root), packages.pins(self.places.root / packages.RUN))
        self._translate()
        # Another database than ours may be at any state, so it is always asked.
        if found.postgres is None or not self.done.has("migrate", code):
            self.manage("Bringing the tables up to date", ["migrate", "--no-input", "-v", "1"], found.owner)
            self.manage("Loading the policy figures", ["load_policy"], found.app)
            self.manage("Loading the monitoring rules", ["load_rules"], found.app)
            self.manage("Putting the help articles on the shelf", ["load_guidance"], found.app)
            self.done.write("migrate", code)
        if not everything:
            return
        self._collect_static()
        target = code if found.postgres is not None else stages.mark_of([], code, found.app["DATABASE_URL"])
        if found.is_demo and self.has_command("load_demo") and not self.done.has("demo", target):
            self.manage("Opening the demo bank", ["load_demo"], found.app)
            self.done.write("demo", target)

    def _translate(self) -> None:
        sources = stages.translations(self.places.root)
        mark = stages.mark_of(sources)
        complete = all(source.with_suffix(".mo").exists() for source in sources)
        if sources and not (complete and self.done.has("translations", mark)):
            program = self.places.root / "script" / "house" / "translations.py"
            command = [str(self.places.python), str(program), str(self.places.root / "locale")]
            self.run("Compiling the translations", command, self._setting().app, "translations.log")
            self.done.write("translations", mark)

    def _collect_static(self) -> None:
        found = self._setting()
        mark = stages.mark_of(stages.static(self.places.root), packages.pins(self.places.root / packages.RUN))
        manifest = self.places.state / "static" / "staticfiles.json"
        if not (manifest.exists() and self.done.has("static", mark)):
            self.manage("Gathering static files", ["collectstatic", "--no-input", "--clear", "-v", "0"], found.app)
            self.done.write("static", mark)

    # ── programs of the environment ──────────────────────────────────────────
    def has_command(self, name: str) -> bool:
        return any(self.places.root.glob(f"*/management/commands/{name}.py")) or any(
            self.places.root.glob(f"*/*/management/commands/{name}.py")
        )

    def manage(self, title: str, arguments: Sequence[str], env: Mapping[str, str]) -> None:
        command = [str(self.places.python), str(self.places.root / "manage.py"), *arguments]
        self.run(title, command, env, f"{arguments[0]}.log")

    def run(self, title: str, command: Sequence[str], env: Mapping[str, str], log_name: str) -> None:
        """This function will run a step's program with its lines as signs of progress. Raises Trouble with its end."""
        log = self.places.log / log_name
        with self._step(title) as step:
            code = run_quietly(command, env=env, cwd=self.places.root, log=log, note=self._note(step))
            if step is not None:
                step.failed, step.detail = code != 0, ""
        if code != 0:
            end = tail(log)
            if os.strerror(28) in end:
                raise Trouble("The disk is full. Make room and start again; what is done already is kept.")
            raise Trouble(f"{title} did not work. The end of {log}:\n{end}")

    def _note(self, step: Step | None) -> Callable[[str], None]:
        def note(text: str) -> None:
            if step is not None and text.strip():
                step.detail = text.strip()[:60]

        return note

    def _step(self, title: str) -> AbstractContextManager[Step | None]:
        return say.step(title) if self.speak else nullcontext()

    def _setting(self) -> Setting:
        if self.setting is None:
            raise RuntimeError("start_services comes first")
        return self.setting

    # ── the way down ─────────────────────────────────────────────────────────
    def stop_services(self) -> None:
        if self.setting is not None and self.setting.valkey is not None:
            self.setting.valkey.stop()
        if self.setting is not None and self.setting.postgres is not None:
            self.setting.postgres.stop()
        self.places.forget_sockets()

    def remove(self) -> None:
        """This function will remove the bank's data, keys and files; logs and packages stay."""
        home = self.places.database_home()
        for folder in (home / "data", home / "data.new", self.places.valkey):
            end_all_in(folder, asking=signal.SIGKILL, seconds=0)  # what a killed parent left at work
        for path in (self.places.done, self.places.ready, self.places.env_file):
            path.unlink(missing_ok=True)
        for entry in self.places.state.iterdir():
            if entry.is_dir() and entry != self.places.log:
                shutil.rmtree(entry)
        if home.exists():
            shutil.rmtree(home)
