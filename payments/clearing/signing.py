"""A signature beside every file: whoever changes a byte, a name, or the direction of a file loses it. Pure.

The signature is an HMAC-SHA256 over direction, file name and content, with one key for each direction, kept in a small
JSON file beside the message. A file under another name or sent back to where it came from does not verify.
"""

import hashlib
import hmac
import json

ALGORITHM = "HMAC-SHA256"
MOST_BYTES = 4096


class BadSignature(Exception):
    """The signature is absent, cannot be read, or was not made for this file."""


def digest(content: bytes) -> str:
    """This function will give the SHA-256 of a file as hex."""
    return hashlib.sha256(content).hexdigest()


def sign(*, name: str, content: bytes, key: str, direction: str) -> bytes:
    """This function will make the signature file of a message; `direction` is "out" (from the bank) or "in"."""
    value = {"algorithm": ALGORITHM, "name": name, "direction": direction, "mac": _mac(name, content, key, direction)}
    return json.dumps(value, sort_keys=True).encode() + b"\n"


def verify(*, name: str, content: bytes, signature: bytes | None, key: str, direction: str) -> None:
    """This function will let a message with its right signature pass. Raises BadSignature."""
    if not key:
        raise BadSignature("no key is set for this direction")
    if signature is None:
        raise BadSignature("there is no signature beside the file")
    try:
        read = json.loads(signature[:MOST_BYTES])
        mac = read["mac"] if read["algorithm"] == ALGORITHM else None
    except (ValueError, KeyError, TypeError):
        mac = None
    if not isinstance(mac, str) or not mac.isascii():
        raise BadSignature("the signature cannot be read")
    if not hmac.compare_digest(mac, _mac(name, content, key, direction)):
        raise BadSignature("the signature was not made for this file")


def _mac(name: str, content: bytes, key: str, direction: str) -> str:
    text = "\n".join(("clearing-file", direction, name, digest(content)))
    return hmac.new(key.encode(), text.encode(), hashlib.sha256).hexdigest()
