"""A request whose length can be read in two ways is refused by the web server as the portal starts it (ASVS 4.2.1)."""

import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent
HEAD = "POST /transfer/ HTTP/1.1\r\nHost: bank.example\r\n"
SECRET = "GET /smuggled HTTP/1.1\r\nHost: bank.example\r\n\r\n"
CHUNKED = "Transfer-Encoding: chunked\r\n"
TWO_READINGS = {
    "both lengths": f"{HEAD}Content-Length: 4\r\n{CHUNKED}\r\n0\r\n\r\n{SECRET}",
    "both lengths, the other order": f"{HEAD}{CHUNKED}Content-Length: 6\r\n\r\n0\r\n\r\n{SECRET}",
    "two lengths that differ": f"{HEAD}Content-Length: 0\r\nContent-Length: {len(SECRET)}\r\n\r\n{SECRET}",
    "two lengths in one line": f"{HEAD}Content-Length: 0, {len(SECRET)}\r\n\r\n{SECRET}",
    "a length with a sign": f"{HEAD}Content-Length: +0\r\n\r\n{SECRET}",
    "a length below zero": f"{HEAD}Content-Length: -1\r\n\r\n{SECRET}",
    "a length in hexadecimal": f"{HEAD}Content-Length: 0x2\r\n\r\n{SECRET}",
    "a space before the colon": f"{HEAD}Content-Length : {len(SECRET)}\r\n\r\n{SECRET}",
    "an encoding nobody knows": f"{HEAD}Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n{SECRET}",
    "chunked twice": f"{HEAD}{CHUNKED}{CHUNKED}\r\n0\r\n\r\n{SECRET}",
    "chunked before another": f"{HEAD}Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n{SECRET}",
    "a folded header": f"{HEAD}Transfer-Encoding:\r\n chunked\r\n\r\n0\r\n\r\n{SECRET}",
    "a line break inside a header": f"{HEAD}X: y\rContent-Length: 9\r\n\r\n{SECRET}",
    "a chunk without a size": f"{HEAD}{CHUNKED}\r\nzz\r\n\r\n{SECRET}",
}


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    """The portal's web server with its own configuration, before an application that only counts."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        number = found.getsockname()[1]
    command = [
        sys.executable, "-m", "gunicorn", "tests.hostile.plain_server:application", "--config",
        "portal/gunicorn_config.py", "--workers", "1", "--threads", "2", "--bind", f"127.0.0.1:{number}",
    ]  # fmt: skip
    server = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        for _try in range(300):
            try:
                socket.create_connection(("127.0.0.1", number), timeout=1).close()
                break
            except OSError:
                time.sleep(0.1)
        yield number
    finally:
        server.terminate()
        server.wait(timeout=15)


def said(port: int, request: str) -> bytes:
    """Everything the server answers to these bytes, for ten seconds at most."""
    answer = b""
    with socket.create_connection(("127.0.0.1", port), timeout=10) as line:
        line.sendall(request.encode("latin-1"))
        line.shutdown(socket.SHUT_WR)
        try:
            while more := line.recv(65536):
                answer += more
        except TimeoutError:
            pass
    return answer


@pytest.mark.parametrize("request_", TWO_READINGS.values(), ids=TWO_READINGS)
def test_a_request_with_two_readings_is_refused_and_nothing_behind_it_is_answered(port: int, request_: str) -> None:
    answer = said(port, request_)
    assert answer.split(b" ", 2)[1:2] in ([b"400"], [b"501"]), answer[:200]
    assert b"/smuggled" not in answer
    assert answer.count(b"HTTP/1.") == 1


def test_a_request_with_one_reading_is_answered(port: int) -> None:
    assert said(port, f"{HEAD}Content-Length: 3\r\nConnection: close\r\n\r\nabc").endswith(b"/transfer/ 3")
    chunks = f"{HEAD}{CHUNKED}Connection: close\r\n\r\n3\r\nabc\r\n0\r\n\r\n"
    assert said(port, chunks).endswith(b"/transfer/ 3")
