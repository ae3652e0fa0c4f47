"""One parent at a time: a lock that the kernel lets go when its holder dies, however it dies."""

import fcntl
import json
import os
import time
from pathlib import Path
from typing import IO

from house.say import Trouble


class Lock:
    """An exclusive lock on a file that also says who holds it."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._file: IO[str] | None = None

    def take(self, what: str) -> bool:
        """This function will take the lock and write down for what; answers False when somebody else holds it."""
        self.path.parent.mkdir(parents=True, exist_ok=True)
        file = self.path.open("a+", encoding="utf-8")
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            file.close()
            return False
        file.seek(0)
        file.truncate()
        json.dump({"pid": os.getpid(), "what": what}, file)
        file.flush()
        self._file = file
        return True

    def holder(self) -> str:
        """This function will say who holds the lock, for a person."""
        try:
            found = json.loads(self.path.read_text(encoding="utf-8"))
            return f"{found['what']} (process {found['pid']})"
        except (OSError, ValueError, KeyError):
            return "another set-up"

    def release(self) -> None:
        if self._file is not None:
            self._file.close()
            self._file = None


class Users:
    """Who uses services that somebody else started: each holds a share; the starter waits until all are given back."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._file: IO[bytes] | None = None

    def join(self) -> None:
        self._file = self.path.open("ab")
        fcntl.flock(self._file, fcntl.LOCK_SH)

    def leave(self) -> None:
        if self._file is not None:
            self._file.close()
            self._file = None

    def someone(self) -> bool:
        """This function will say whether anybody still holds a share."""
        with self.path.open("ab") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                return True
        return False


def wait_ready(ready: Path, lock: Lock, seconds: float = 600) -> None:
    """This function will wait until the lock's holder has its services up. Raises Trouble when it does not."""
    end = time.monotonic() + seconds
    while not ready.exists():
        if lock.take("a check"):
            lock.release()
            raise Trouble("The set-up that was under way has ended before it was ready. Start again.")
        if time.monotonic() > end:
            raise Trouble(f"{lock.holder()} has not become ready. Look at its lines, or stop it.")
        time.sleep(0.2)
