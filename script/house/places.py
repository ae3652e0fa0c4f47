"""Where things lie. Everything the set-up makes is in `.venv` and `.portal`, so that removing both leaves nothing."""

import hashlib
import os
import pwd
import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path

from house.say import Trouble

ROOT = Path(__file__).resolve().parent.parent.parent
SOCKET_PATH_LIMIT = 100  # the kernel takes 107 bytes; PostgreSQL adds a suffix for its lock file


@dataclass(frozen=True)
class Places:
    """The folders of one set-up: the tree it serves and the state it keeps."""

    root: Path
    state: Path

    @property
    def venv(self) -> Path:
        return self.root / ".venv"

    @property
    def python(self) -> Path:
        return self.venv / "bin" / "python"

    @property
    def env_file(self) -> Path:
        return self.state / "env"

    @property
    def log(self) -> Path:
        return self.state / "log"

    @property
    def lock(self) -> Path:
        return self.state / "lock"

    @property
    def users(self) -> Path:
        return self.state / "users"

    @property
    def ready(self) -> Path:
        return self.state / "ready"

    @property
    def done(self) -> Path:
        return self.state / "done.json"

    @property
    def valkey(self) -> Path:
        return self.state / "valkey"

    def _database_reaches_it(self) -> bool:
        return os.geteuid() != 0 or reachable_by_nobody(self.state.parent)

    def socket_dir(self) -> Path:
        """This function will answer a folder whose sockets can be named and reached; else one in /tmp."""
        near = self.state / "run"
        longest = near / "pg" / ".s.PGSQL.5432.lock"
        if len(os.fsencode(longest)) <= SOCKET_PATH_LIMIT and self._database_reaches_it():
            return near
        mark = hashlib.sha256(os.fsencode(self.state)).hexdigest()[:12]
        return Path(tempfile.gettempdir()) / f"portal-{os.getuid()}-{mark}"

    def database_home(self) -> Path:
        """This function will answer where the cluster lies: beside the rest, if root's PostgreSQL can reach it."""
        if self._database_reaches_it():
            return self.state / "database"
        mark = hashlib.sha256(os.fsencode(self.state)).hexdigest()[:12]
        return Path("/var/lib") / f"portal-{mark}"

    def prepare(self) -> None:
        """This function will make the state folder and the socket folder; others may pass through root's, not look."""
        mode = 0o711 if os.geteuid() == 0 else 0o700
        for folder in (self.state, self.socket_dir()):
            folder.mkdir(mode=mode, parents=True, exist_ok=True)
            if folder.stat().st_uid != os.geteuid():
                raise Trouble(f"{folder} belongs to another user. Start as that user, or remove the folder.")
            folder.chmod(mode)
        self.log.mkdir(mode=0o700, exist_ok=True)

    def forget_sockets(self) -> None:
        """This function will remove the sockets' folder when it lies outside the state folder."""
        if self.socket_dir().parent != self.state:
            shutil.rmtree(self.socket_dir(), ignore_errors=True)


def default(root: Path = ROOT) -> Places:
    return Places(root=root, state=root / ".portal")


def reachable_by_nobody(folder: Path) -> bool:
    """This function will say whether every folder on the way lets other users pass (root runs PostgreSQL as nobody)."""
    folder = folder.resolve()
    return all(step.stat().st_mode & 0o001 for step in (folder, *folder.parents))


def nobody() -> pwd.struct_passwd:
    """This function will find the unprivileged user that root's PostgreSQL runs as."""
    return pwd.getpwnam("nobody")
