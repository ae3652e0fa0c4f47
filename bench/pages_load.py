"""Many browsers in one loop: each sends its next request when its last answer is complete. For bench/pages."""

import selectors
import socket
import time
import urllib.parse
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

END = b"\r\n\r\n"


@dataclass(frozen=True)
class Taken:
    """What a run came to: answers, answers a second, and the seconds that 95 in a hundred stayed under."""

    done: int
    rate: float
    p95: float


@dataclass
class Asker:
    """One browser: makes its next request, and says which status is the right answer."""

    request: Callable[[], bytes]
    status: bytes


def askers(name: str, people: list[dict[str, Any]]) -> list[Asker]:
    """This function will make a browser of each customer, asking for one page."""
    return [_asker(name, person) for person in people]


def _asker(name: str, person: dict[str, Any]) -> Asker:
    paths = {"bare": "/bench/bare/", "home": "/", "statement": person["statement"], "form": "/transfer/"}
    head = f"Host: 127.0.0.1\r\nCookie: {person['cookies']}\r\nAccept: text/html\r\n"
    if name != "post":
        asked = f"GET {paths[name]} HTTP/1.1\r\n{head}\r\n".encode()
        return Asker(lambda: asked, b"200")

    def post() -> bytes:
        body = urllib.parse.urlencode(
            {
                "csrfmiddlewaretoken": person["token"], "key": str(uuid.uuid4()), "source": person["source"],
                "to": person["payee"], "amount": "12.30", "memo": "Rent",
            }
        )  # fmt: skip
        kind = "Content-Type: application/x-www-form-urlencoded\r\n"
        return f"POST /transfer/ HTTP/1.1\r\n{head}{kind}Content-Length: {len(body)}\r\n\r\n{body}".encode()

    return Asker(post, b"302")


class Browser:
    """One connection, kept open."""

    def __init__(self, port: int, asker: Asker) -> None:
        self.port, self.asker = port, asker
        self.socket = self._connected()
        self.answer = b""
        self.whole = 0  # bytes of the answer once its head is known
        self.since = 0.0

    def _connected(self) -> socket.socket:
        made = socket.create_connection(("127.0.0.1", self.port), timeout=30)
        made.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return made

    def ask(self) -> None:
        self.answer, self.whole, self.since = b"", 0, time.perf_counter()
        self.socket.sendall(self.asker.request())

    def hear(self) -> bool:
        """Read what has come; True when the answer is complete. Raises SystemExit for a wrong one."""
        came = self.socket.recv(1 << 18)
        if not came:
            raise SystemExit(f"the server hung up: {self.answer[:300]!r}")
        self.answer += came
        if not self.whole:
            head, found, _ = self.answer.partition(END)
            if not found:
                return False
            lines = head.lower().split(b"\r\n")
            if lines[0].split()[1] != self.asker.status:
                raise SystemExit(f"a wrong answer: {self.answer[:600]!r}")
            (length,) = [line.partition(b":")[2] for line in lines if line.startswith(b"content-length:")]
            self.whole = len(head) + len(END) + int(length)
        return len(self.answer) >= self.whole

    def renew(self) -> None:
        """Open a new connection when the server has announced that it closes this one (its workers are renewed)."""
        if b"\r\nconnection: close\r\n" in self.answer[: self.answer.index(END) + 2].lower():
            self.socket.close()
            self.socket = self._connected()


def run(port: int, asking: list[Asker], *, seconds: float) -> Taken:
    """This function will let every browser ask again and again for so long; answers still on their way are waited for
    and do not count towards the rate."""
    begun = time.perf_counter()
    end, taken, late = begun + seconds, [], 0
    with selectors.DefaultSelector() as waiting:
        for browser in [Browser(port, asker) for asker in asking]:
            waiting.register(browser.socket, selectors.EVENT_READ, browser)
            browser.ask()
        while waiting.get_map():
            for browser in _ready(waiting):
                now = time.perf_counter()
                if not browser.hear():
                    continue
                if now > end:
                    late += 1
                    waiting.unregister(browser.socket)
                    browser.socket.close()
                    continue
                taken.append(now - browser.since)
                waiting.unregister(browser.socket)
                browser.renew()
                waiting.register(browser.socket, selectors.EVENT_READ, browser)
                browser.ask()
    taken.sort()
    return Taken(len(taken) + late, len(taken) / seconds, taken[int(len(taken) * 0.95)])


def _ready(waiting: selectors.BaseSelector) -> Iterator[Browser]:
    ready = waiting.select(timeout=30)
    if not ready:
        raise SystemExit("the server has not answered for half a minute")
    for key, _events in ready:
        yield key.data
