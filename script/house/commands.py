"""The three commands, and the one place where what went wrong becomes one clear line."""

import errno
import signal
import sys
from collections.abc import Sequence
from types import FrameType

from house import manage_command, places, say, server_command, test_command
from house.say import Trouble


class Stopped(KeyboardInterrupt):
    """The terminal or the system asked us to stop; it is treated like Ctrl-C."""


def _stop(number: int, frame: FrameType | None) -> None:  # noqa: ARG001
    raise Stopped(number)


def run(name: str, arguments: Sequence[str]) -> int:
    """This function will run one of the commands and answer its exit code."""
    signal.signal(signal.SIGINT, signal.default_int_handler)  # a shell's background job begins with it ignored
    signal.signal(signal.SIGTERM, _stop)
    if signal.getsignal(signal.SIGHUP) is not signal.SIG_IGN:  # nohup means it
        signal.signal(signal.SIGHUP, _stop)
    try:
        if sys.platform != "linux":
            raise Trouble("The portal's own servers run on Linux. Elsewhere use the image: docs/operations.md")
        where = places.default()
        if name == "server":
            return server_command.run(where, arguments)
        if name == "manage":
            return manage_command.run(where, arguments)
        return test_command.run(where, arguments)
    except Trouble as trouble:
        say.error(str(trouble))
        return 1
    except OSError as error:
        say.error(sentence(error))
        return 1
    except KeyboardInterrupt:
        say.error("Stopped before it was ready; the next start goes on from here.")
        return 130


def sentence(error: OSError) -> str:
    """This function will say what the system refused, in one line."""
    where = f" at {error.filename}" if error.filename else ""
    if error.errno in {errno.ENOSPC, errno.EDQUOT}:
        return f"The disk is full{where}. Make room and start again; what is done already is kept."
    if error.errno == errno.EROFS:
        return f"The file system is read-only{where}. The set-up writes .venv and .portal beside the code."
    if error.errno in {errno.EACCES, errno.EPERM}:
        return f"No permission{where}. Start as the user who owns this folder."
    return f"The system refused{where}: {error.strerror or error}"
