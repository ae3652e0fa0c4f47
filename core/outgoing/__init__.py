"""Calls to other systems over HTTPS, to hosts on a list and nowhere else (ASVS 5.0 1.3.6, 13.2.4, 15.3.2).

    answer = outgoing.post_json("https://texts.example/v1/messages", {"to": "…"}, token="…")

What is promised:

- Only hosts that `settings.OUTGOING_HOSTS` names ("host" or "host:port") are called, by https, on that port.
- The name is resolved once and the call goes to that very address, so that it cannot come to mean another. One that is
  not public (this machine, the bank's own networks, link-local, multicast) is refused unless
  `settings.OUTGOING_PRIVATE_HOSTS` names the host too.
- No redirect is followed: it is a failure. An answer is read up to 64 kB.
- Connecting and answering each have a time limit. Nothing is tried again here: whoever calls knows what a repeat means.

Call it outside of transactions (`core.outbox.outside_transaction`).
"""

import http.client
import ipaddress
import json
import logging
import socket
import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings

MOST = 64 * 1024  # bytes of an answer
_TRANSLATED = ipaddress.IPv6Network("64:ff9b::/96")  # NAT64 (RFC 6052)
_COMPATIBLE = ipaddress.IPv6Network("::/96")  # RFC 4291 2.5.5.1
log = logging.getLogger(__name__)


class NotAllowed(PermissionError):
    """The address is on no list, or leads where calls may not go. Nothing was sent."""


class Failed(OSError):
    """The other side did not answer, not in time, or not with success. It may have acted all the same."""

    def __init__(self, sentence: str, *, status: int = 0) -> None:
        super().__init__(sentence)
        self.status = status


@dataclass(frozen=True, slots=True)
class Answer:
    """A status from 200 to 299 and the beginning of what came with it."""

    status: int
    body: bytes


def post_json(url: str, content: Mapping[str, Any], *, token: str = "", seconds: float = 10.0) -> Answer:
    """This function will send JSON to an address and answer what came back. Raises NotAllowed, Failed.

    `token` goes as a bearer token. `seconds` bounds connecting, and each wait for bytes afterwards.
    """
    host, port, path = _read(url)
    address = _address(host, port)
    body = json.dumps(content, ensure_ascii=False).encode()
    headers = {"Content-Type": "application/json; charset=utf-8", "Accept": "application/json", "User-Agent": "portal"}
    if token:
        headers["Authorization"] = f"Bearer {token}"
    connection = _Connection(host, port, address=address, timeout=seconds)
    try:
        connection.request("POST", path, body=body, headers=headers)
        response = connection.getresponse()
        found = response.read(MOST)
    except (OSError, http.client.HTTPException) as error:
        raise Failed(f"{host} did not answer: {error!r}") from error
    finally:
        connection.close()
    if not 200 <= response.status < 300:
        raise Failed(f"{host} answered with {response.status}", status=response.status)
    return Answer(response.status, found)


def _read(url: str) -> tuple[str, int, str]:
    """Take an address apart, and refuse it unless it is on the list."""
    try:
        parts = urlsplit(url)
        host, port = (parts.hostname or "").lower(), parts.port or 443
    except ValueError as error:
        raise _refused(f"{url!r} cannot be read") from error
    plain = parts.scheme == "http" and settings.OUTGOING_PLAIN
    if (parts.scheme != "https" and not plain) or not host or parts.username is not None or parts.fragment:
        raise _refused("only https addresses without a name and password are called")
    if not {host, f"{host}:{port}"} & _listed(settings.OUTGOING_HOSTS, port):
        raise _refused(f"{host}:{port} is not in OUTGOING_HOSTS")
    return host, port, (parts.path or "/") + (f"?{parts.query}" if parts.query else "")


def _listed(hosts: list[str], port: int) -> set[str]:
    """The hosts of a list that may be called on a port: those with that port, and for 443 those without one."""
    return {one.lower() for one in hosts if one.endswith(f":{port}") or (port == 443 and ":" not in one)}


def _address(host: str, port: int) -> tuple[Any, ...]:
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except OSError as error:
        raise Failed(f"{host} has no address: {error}") from error
    private = {host, f"{host}:{port}"} & {one.lower() for one in settings.OUTGOING_PRIVATE_HOSTS}
    for _family, _type, _protocol, _name, address in found:
        if not private and not _is_public(str(address[0])):
            raise _refused(f"{host} leads to {address[0]}, which is not public")
    return found[0]


def _is_public(text: str) -> bool:
    address = ipaddress.ip_address(text.partition("%")[0])
    return all(one.is_global and not one.is_multicast for one in _meant(address))


def _meant(
    address: ipaddress.IPv4Address | ipaddress.IPv6Address,
) -> list[ipaddress.IPv4Address | ipaddress.IPv6Address]:
    """An address, and those of version 4 that it stands for or that a gateway would translate it into."""
    if isinstance(address, ipaddress.IPv4Address):
        return [address]
    if address.ipv4_mapped is not None:
        return [address.ipv4_mapped]
    found = [address, address.sixtofour, *(address.teredo or ())]
    if address in _TRANSLATED or address in _COMPATIBLE:
        found.append(ipaddress.IPv4Address(int(address) & 0xFFFF_FFFF))
    return [one for one in found if one is not None]


def _refused(sentence: str) -> NotAllowed:
    log.warning("a call was refused: %s", sentence)
    return NotAllowed(sentence)


class _Connection(http.client.HTTPConnection):
    """Goes to the address that was looked at, and asks there for a certificate of the name."""

    def __init__(self, host: str, port: int, *, address: tuple[Any, ...], timeout: float) -> None:
        super().__init__(host, port, timeout=timeout)
        self._address = address

    def connect(self) -> None:
        family, kind, protocol, _name, where = self._address
        self.sock = socket.socket(family, kind, protocol)
        self.sock.settimeout(self.timeout)
        self.sock.connect(where)
        if not settings.OUTGOING_PLAIN:
            self.sock = ssl.create_default_context().wrap_socket(self.sock, server_hostname=self.host)
