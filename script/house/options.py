"""What script/server understands."""

import argparse
import contextlib
import errno
import os
import socket
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from house.say import Trouble

DEFAULT_PORT = 8000


@dataclass(frozen=True)
class ServerOptions:
    """A parsed command line of script/server."""

    host: str
    port: int
    reset: bool
    yes: bool
    empty: bool


def _port(text: str) -> int:
    if not text.isascii() or not text.isdigit() or not 1 <= int(text) <= 65535:
        raise argparse.ArgumentTypeError(f"{text} is not a port; choose a number from 1 to 65535")
    return int(text)


def parse_server(arguments: Sequence[str], env: Mapping[str, str] | None = None) -> ServerOptions:
    """This function will read the options of script/server; argparse answers --help and mistakes by itself."""
    env = os.environ if env is None else env
    parser = argparse.ArgumentParser(
        prog="script/server",
        description="Sets up and runs the portal: database, broker, web, worker and beat under one parent.",
        epilog="DATABASE_URL and CELERY_BROKER_URL replace the embedded servers; docs/operations.md has more.",
    )
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on (default 127.0.0.1)")
    parser.add_argument("--port", type=_port, default=env.get("PORT", str(DEFAULT_PORT)), help="port to listen on")
    parser.add_argument("--empty", action="store_true", help="start a bank without the demo people and their accounts")
    parser.add_argument("--reset", action="store_true", help="remove the bank kept here with all its data")
    parser.add_argument("--yes", action="store_true", help="do not ask before --reset")
    found = parser.parse_args(arguments)
    return ServerOptions(host=found.host, port=found.port, reset=found.reset, yes=found.yes, empty=found.empty)


def check_port(host: str, port: int) -> None:
    """This function will refuse with one line when the address cannot be listened on. Raises Trouble."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except PermissionError as error:
            raise Trouble(
                f"Port {port} is kept for root. Choose another: script/server --port {DEFAULT_PORT}"
            ) from error
        except OverflowError as error:
            raise Trouble(f"{port} is not a port.") from error
        except OSError as error:
            if isinstance(error, socket.gaierror) or error.errno == errno.EADDRNOTAVAIL:
                raise Trouble(f"This machine has no address {host}. Try --host 127.0.0.1 or --host 0.0.0.0") from error
            other = port + 1 if port < 65535 else port - 1
            raise Trouble(
                f"Port {port} is taken by another program. Free it, or choose another: script/server --port {other}"
            ) from error


def allowed_hosts(host: str) -> list[str]:
    """This function will name the hosts a browser may use for the chosen address, and none beyond them."""
    names = ["localhost", "127.0.0.1", "[::1]"]
    if host in {"0.0.0.0", "::"}:
        own = socket.gethostname()
        names.append(own)
        # A machine that cannot look up its own name, or has no network, is reached by the names above.
        with contextlib.suppress(socket.gaierror):
            names += [str(found[4][0]) for found in socket.getaddrinfo(own, None, socket.AF_INET)]
        with contextlib.suppress(OSError), socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
            probe.connect(("192.0.2.1", 9))  # nothing is sent: it only tells which address faces outwards
            names.append(probe.getsockname()[0])
    else:
        names.append(f"[{host}]" if ":" in host else host)
    return list(dict.fromkeys(names))
