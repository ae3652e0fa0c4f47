"""What the tests need from Debian: a browser, gettext, Chinese type, and the PDF tools."""

import ctypes
import os
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path

from house.processes import run_quietly, tail
from house.say import Step, Trouble

# Debian package -> how to tell that it is there.
NEEDED: Mapping[str, str] = {
    "chromium": "chromium",
    "gettext": "xgettext",
    "poppler-utils": "pdftotext",
    "fonts-noto-cjk": "/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc",
    "fonts-hanazono": "/usr/share/fonts/truetype/hanazono/HanaMinB.ttf",  # the rarest of characters, on paper
    "libatomic1": "libatomic.so.1",  # what drives the browser is linked against it
}


def missing() -> list[str]:
    """This function will list the packages whose program, library or file is not on this machine."""
    return [name for name, sign in NEEDED.items() if not _is_there(sign)]


def _is_there(sign: str) -> bool:
    if "/" in sign:
        return Path(sign).exists()
    if ".so." not in sign:
        return shutil.which(sign) is not None
    try:
        ctypes.CDLL(sign)
    except OSError:
        return False
    return True


def _may_sudo() -> bool:
    if shutil.which("sudo") is None:
        return False
    return subprocess.run(["sudo", "-n", "true"], capture_output=True, check=False).returncode == 0


def ensure(log: Path, step: Step) -> None:
    """This function will install what is missing; raises Trouble with the command to run when it may not."""
    wanted = missing()
    if not wanted:
        return
    command = f"apt-get install --no-install-recommends {' '.join(wanted)}"
    if shutil.which("apt-get") is None:
        raise Trouble(f"This machine lacks what Debian calls {', '.join(wanted)}. Install it and start again.")
    prefix = [] if os.geteuid() == 0 else ["sudo", "-n"]
    if prefix and not _may_sudo():
        raise Trouble(f"The tests need {', '.join(wanted)}. Run: sudo {command}")
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for words in (["update"], ["install", "--yes", "--no-install-recommends", *wanted]):
        step.detail = f"apt-get {words[0]}"
        arguments = [*prefix, "apt-get", "-q", *words]
        if run_quietly(arguments, env=environment, cwd=Path("/"), log=log, note=lambda text: None):  # noqa: ARG005
            raise Trouble(f"{' '.join(arguments)} did not work:\n{tail(log)}")
    step.detail = f"installed {', '.join(wanted)}"
