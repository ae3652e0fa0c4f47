"""Calls leave for hosts on the list and for nowhere else; a text message goes by them once."""

import http.server
import json
import socket
import threading
from collections.abc import Iterator
from typing import Any

import pytest
from django.utils import timezone

from accounts.contacts import read
from accounts.inbox import sms, sms_http
from accounts.inbox.models import Dispatch
from core import outgoing
from core.outbox import relay
from core.outbox.models import Delivery

SEEN: list[dict[str, Any]] = []


class Provider(http.server.BaseHTTPRequestHandler):
    """Takes texts; answers as its path says."""

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        SEEN.append({"path": self.path, "token": self.headers["Authorization"], **json.loads(body)})
        status = int(self.path.strip("/") or 200) if self.path.strip("/").isdigit() else 200
        self.send_response(status)
        if status in {301, 307}:
            self.send_header("Location", f"http://127.0.0.1:{self.server.server_address[1]}/200")
        self.send_header("Content-Length", "2")
        self.end_headers()
        self.wfile.write(b"{}")

    def log_message(self, *_args: Any) -> None:
        """Quiet."""


@pytest.fixture
def provider(settings: Any) -> Iterator[str]:
    SEEN.clear()
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Provider)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    place = f"127.0.0.1:{server.server_address[1]}"
    settings.OUTGOING_HOSTS, settings.OUTGOING_PRIVATE_HOSTS, settings.OUTGOING_PLAIN = [place], [place], True
    yield f"http://{place}"
    server.shutdown()
    server.server_close()


def test_a_call_to_a_listed_host_arrives_with_its_token(provider: str) -> None:
    answer = outgoing.post_json(f"{provider}/send", {"to": "一"}, token="secret")
    assert (answer.status, answer.body) == (200, b"{}")
    assert SEEN == [{"path": "/send", "token": "Bearer secret", "to": "一"}]


@pytest.mark.parametrize("status", [301, 307, 400, 404, 500, 503])
def test_what_is_no_success_is_a_failure_and_no_redirect_is_followed(provider: str, status: int) -> None:
    with pytest.raises(outgoing.Failed) as failed:
        outgoing.post_json(f"{provider}/{status}", {})
    assert failed.value.status == status
    assert [one["path"] for one in SEEN] == [f"/{status}"]


@pytest.mark.parametrize(
    "url",
    [
        "http://texts.example/", "https://other.example/", "https://texts.example:8443/", "https:///x", "",
        "https://texts.example@evil.example/", "https://user:word@texts.example/", "ftp://texts.example/",
        "file:///etc/passwd", "//texts.example/", "https://texts.example.evil.example/", "https://[::1",
        "https://texts.example\\@evil.example/", "https://texts.example/#x",
    ],
)  # fmt: skip
def test_an_address_that_is_not_on_the_list_is_refused_before_anything_is_sent(
    settings: Any, monkeypatch: pytest.MonkeyPatch, url: str
) -> None:
    settings.OUTGOING_HOSTS = ["texts.example"]
    monkeypatch.setattr(socket, "socket", lambda *_: pytest.fail("something was sent"))
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: pytest.fail("a name was asked for"))
    with pytest.raises(outgoing.NotAllowed):
        outgoing.post_json(url, {})


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "10.0.0.8", "172.16.3.4", "192.168.1.1", "169.254.169.254", "0.0.0.0", "224.0.0.1", "::1",
        "fe80::1", "fd00::5", "::ffff:10.0.0.8", "100.64.0.1",
    ],
)  # fmt: skip
def test_a_listed_name_that_leads_inside_is_refused(
    settings: Any, monkeypatch: pytest.MonkeyPatch, address: str
) -> None:
    settings.OUTGOING_HOSTS = ["texts.example"]
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    found = [(family, socket.SOCK_STREAM, 6, "", (address, 443))]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: found)
    monkeypatch.setattr(socket, "socket", lambda *_: pytest.fail("something was sent"))
    with pytest.raises(outgoing.NotAllowed):
        outgoing.post_json("https://texts.example/", {})


def test_a_name_with_one_public_and_one_inner_address_is_refused(
    settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.OUTGOING_HOSTS = ["texts.example"]
    found = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (one, 443)) for one in ("93.184.215.14", "10.0.0.8")]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: found)
    with pytest.raises(outgoing.NotAllowed):
        outgoing.post_json("https://texts.example/", {})


HERE = ["2130706433", "0x7f000001", "017700000001", "0177.0.0.1", "127.1", "0x7f.1", "127.0.0.1.", "0", "[::1]",
        "[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "[64:ff9b::7f00:1]", "[2002:7f00:1::]", "3232235777", "0xa9fea9fe",
        "①②⑦.⓪.⓪.①", "１２７.0.0.1"]  # fmt: skip


@pytest.mark.parametrize("host", HERE)
def test_no_spelling_of_an_inner_address_leads_inside(
    settings: Any, monkeypatch: pytest.MonkeyPatch, host: str
) -> None:
    """Whole numbers, octal, hexadecimal, short, mapped and translated: refused unlisted, and listed as well."""
    monkeypatch.setattr(socket, "socket", lambda *_: pytest.fail("something was sent"))
    settings.OUTGOING_HOSTS = ["texts.example"]
    with pytest.raises(outgoing.NotAllowed):
        outgoing.post_json(f"https://{host}/", {})
    settings.OUTGOING_HOSTS = [f"{host.strip('[]')}:443"]
    with pytest.raises((outgoing.NotAllowed, outgoing.Failed)):  # Failed: this machine's resolver knows no such name
        outgoing.post_json(f"https://{host}/", {})


@pytest.mark.parametrize("address", ["64:ff9b::a00:8", "2002:a00:8::1", "::10.0.0.8"])
def test_an_inner_address_inside_an_outer_one_is_refused(
    settings: Any, monkeypatch: pytest.MonkeyPatch, address: str
) -> None:
    """A gateway that translates would carry the call to the address inside."""
    settings.OUTGOING_HOSTS = ["texts.example"]
    found = [(socket.AF_INET6, socket.SOCK_STREAM, 6, "", (address, 443, 0, 0))]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: found)
    monkeypatch.setattr(socket, "socket", lambda *_: pytest.fail("something was sent"))
    with pytest.raises(outgoing.NotAllowed):
        outgoing.post_json("https://texts.example/", {})


def test_a_server_that_says_nothing_is_given_up(settings: Any) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        place = f"127.0.0.1:{silent.getsockname()[1]}"
        settings.OUTGOING_HOSTS, settings.OUTGOING_PRIVATE_HOSTS, settings.OUTGOING_PLAIN = [place], [place], True
        with pytest.raises(outgoing.Failed):
            outgoing.post_json(f"http://{place}/", {}, seconds=0.2)


def test_a_certificate_of_nobody_is_refused(settings: Any) -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        place = f"127.0.0.1:{server.getsockname()[1]}"
        settings.OUTGOING_HOSTS, settings.OUTGOING_PRIVATE_HOSTS = [place], [place]
        threading.Thread(target=lambda: server.accept()[0].sendall(b"HTTP/1.1 200 OK\r\n\r\n"), daemon=True).start()
        with pytest.raises(outgoing.Failed):
            outgoing.post_json(f"https://{place}/", {}, seconds=2)


@pytest.fixture
def gateway(settings: Any, provider: str) -> None:
    settings.SMS_GATEWAY = "accounts.inbox.sms_http.HttpGateway"
    settings.SMS_HTTP_URL, settings.SMS_HTTP_TOKEN = f"{provider}/texts", "secret"
    settings.SMS_HTTP_FIELDS = ["number=mobile", "text=words", "reference=id"]


@pytest.mark.django_db(transaction=True)
def test_a_text_goes_to_the_provider_once_and_its_words_are_forgotten(gateway: None) -> None:
    now = timezone.now()
    sms.send(to=read("13800012345"), text="your code", purpose="code.test", now=now)
    relay.drain(now=now)
    relay.drain(now=now)
    row = Dispatch.objects.get()
    (arrived,) = SEEN
    assert arrived == {
        "path": "/texts",
        "token": "Bearer secret",
        "mobile": "+8613800012345",
        "words": "your code",
        "id": str(row.public_id),
    }
    assert (row.state, bytes(row.body_sealed)) == (Dispatch.State.SENT, b"")


@pytest.mark.django_db(transaction=True)
def test_a_provider_that_fails_is_tried_again_with_the_same_reference(
    gateway: None, settings: Any, provider: str
) -> None:
    now = timezone.now()
    settings.SMS_HTTP_URL = f"{provider}/503"
    sms.send(to=read("13800012345"), text="your code", purpose="code.test", now=now)
    relay.drain(now=now)
    assert Delivery.objects.get(handler__contains="sms").state == "pending"
    settings.SMS_HTTP_URL = f"{provider}/texts"
    relay.drain(now=timezone.now() + timezone.timedelta(hours=1))
    assert [one["path"] for one in SEEN] == ["/503", "/texts"]
    assert len({one["id"] for one in SEEN}) == 1


@pytest.mark.parametrize(
    ("name", "value"),
    [("SMS_HTTP_URL", ""), ("SMS_HTTP_TOKEN", ""), ("SMS_HTTP_FIELDS", ["number=to"]), ("SMS_HTTP_FIELDS", ["x"])],
)
def test_a_gateway_that_is_half_set_up_is_none(gateway: None, settings: Any, name: str, value: Any) -> None:
    setattr(settings, name, value)
    with pytest.raises(sms.NoGateway):
        sms.gateway()
    assert issubclass(sms_http.HttpGateway, sms.Gateway)
