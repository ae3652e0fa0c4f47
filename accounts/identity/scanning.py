"""Asking a malware scanner about a file before anybody, this bank's own decoders included, opens it.

`settings.MALWARE_SCANNER` says where a clamd listens: `tcp://host:3310` or `unix:///run/clamav/clamd.ctl`. Where it is
empty no scanner is asked, and what protects is that of a picture only its pixels are kept (photos.py). Where one is
named and does not answer, nothing is taken: the gate stays shut until it does.

The protocol is clamd's INSTREAM: the command, then the file in pieces each after its length, then a length of zero; the
answer is one line. https://docs.clamav.net/manual/Usage/Scanning.html
"""

import socket
import struct
from urllib.parse import urlsplit

from django.conf import settings

PIECE = 64 * 1024
LONGEST_ANSWER = 4096
PATIENCE = 20  # seconds for each step; a photo takes milliseconds


class ScannerDown(Exception):
    """The scanner that is named does not answer, or not as a scanner does."""


class Infected(Exception):
    """The scanner knows the file; `name` is what it calls it."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.name = name


def scan(data: bytes) -> None:
    """This function will ask the scanner about a file, where one is named. Raises Infected, ScannerDown."""
    address = settings.MALWARE_SCANNER
    if not address:
        return
    answer = _ask(address, data)
    if answer == "stream: OK":
        return
    if answer.startswith("stream: ") and answer.endswith(" FOUND"):
        raise Infected(answer[len("stream: ") : -len(" FOUND")])
    raise ScannerDown(f"the scanner said {answer[:200]!r}")


def _ask(address: str, data: bytes) -> str:
    try:
        with _connected(address) as line:
            line.sendall(b"zINSTREAM\0")
            for start in range(0, len(data), PIECE):
                piece = data[start : start + PIECE]
                line.sendall(struct.pack("!I", len(piece)) + piece)
            line.sendall(struct.pack("!I", 0))
            answer = b""
            while not answer.endswith(b"\0") and len(answer) < LONGEST_ANSWER:
                got = line.recv(LONGEST_ANSWER)
                if not got:
                    break
                answer += got
    except OSError as error:
        raise ScannerDown(f"{type(error).__name__} while asking the scanner") from error
    if not answer.endswith(b"\0"):
        raise ScannerDown("the scanner hung up in the middle of its answer")
    return answer.rstrip(b"\0").decode("ascii", "replace")


def _connected(address: str) -> socket.socket:
    where = urlsplit(address)
    if where.scheme == "unix":
        line = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        line.settimeout(PATIENCE)
        try:
            line.connect(where.path)
        except OSError:
            line.close()
            raise
        return line
    if where.scheme != "tcp" or not where.hostname or not where.port:
        raise ScannerDown("MALWARE_SCANNER is tcp://host:port or unix:///path")
    return socket.create_connection((where.hostname, where.port), timeout=PATIENCE)
