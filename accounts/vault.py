"""Keeps personal data unreadable at rest, and findable where it must be unique.

`encrypt` seals bytes with AES-256-GCM under the newest of the keys in `settings.FIELD_KEYS` ("id:base64", newest
first); the key's id stands in the clear in front, so that older data stays readable while a rotation runs. What was
sealed for one purpose does not open for another: the purpose takes part in the key and in the seal.

`blind_index` gives the same value for the same text, so that a duplicate is found without reading anything.

A sealed value: version (1 byte) | length of the key id (1) | key id | nonce (12) | ciphertext | tag (16).
"""

import base64
import binascii
import hashlib
import hmac
import os
from functools import lru_cache

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

VERSION = 1
NONCE_BYTES = 12
TAG_BYTES = 16


class Unreadable(Exception):
    """The value was not sealed here for this purpose, was altered, or its key is gone."""


def encrypt(data: bytes, purpose: str) -> bytes:
    """This function will seal the bytes for one purpose under the newest key."""
    key_id = next(iter(_keys(tuple(settings.FIELD_KEYS))))
    return _seal(data, purpose, key_id=key_id, nonce=os.urandom(NONCE_BYTES))


def decrypt(sealed: bytes, purpose: str) -> bytes:
    """This function will open what `encrypt` sealed for the same purpose. Raises `Unreadable`."""
    sealed = bytes(sealed)  # a BinaryField hands out a memoryview
    key_id, start = _header(sealed)
    nonce, body = sealed[start : start + NONCE_BYTES], sealed[start + NONCE_BYTES :]
    if len(nonce) < NONCE_BYTES or len(body) < TAG_BYTES:
        raise Unreadable("too short")
    try:
        return _cipher(tuple(settings.FIELD_KEYS), key_id, purpose).decrypt(
            nonce, body, sealed[:start] + purpose.encode()
        )
    except InvalidTag as error:
        raise Unreadable("altered, or sealed for another purpose") from error


def needs_new_key(sealed: bytes) -> bool:
    """This function will say whether the value is sealed under another key than the newest one."""
    return key_of(sealed) != newest_key()


def key_of(sealed: bytes) -> str:
    """This function will name the key a value is sealed under, without opening it. Raises `Unreadable`."""
    return _header(bytes(sealed))[0]


def newest_key() -> str:
    """This function will name the key that new values are sealed under."""
    return next(iter(_keys(tuple(settings.FIELD_KEYS))))


def known_keys() -> tuple[str, ...]:
    """This function will name every key that can be opened with, newest first."""
    return tuple(_keys(tuple(settings.FIELD_KEYS)))


def beginning(key_id: str) -> bytes:
    """This function will give how everything sealed under a key begins, to look for it in a table."""
    return bytes([VERSION, len(key_id)]) + key_id.encode()


def reseal(sealed: bytes, purpose: str) -> bytes:
    """This function will seal a value anew under the newest key. Raises `Unreadable`."""
    return encrypt(decrypt(sealed, purpose), purpose)


def blind_index(text: str, purpose: str) -> str:
    """This function will give 64 hex digits that are equal for equal text and tell nothing else about it.

    The text is taken as it is: bring it to one spelling (case, width, spaces) before.
    """
    if not settings.INDEX_KEY:
        raise ImproperlyConfigured("Set PORTAL_INDEX_KEY to a long random text; docs/security.md says how.")
    message = purpose.encode() + b"\x00" + text.encode()
    return hmac.new(settings.INDEX_KEY.encode(), message, hashlib.sha256).hexdigest()


def _seal(data: bytes, purpose: str, *, key_id: str, nonce: bytes) -> bytes:
    header = beginning(key_id)
    sealed = _cipher(tuple(settings.FIELD_KEYS), key_id, purpose).encrypt(nonce, data, header + purpose.encode())
    return header + nonce + sealed


def _header(sealed: bytes) -> tuple[str, int]:
    """Give the key's id and where the nonce starts."""
    if len(sealed) < 2 or sealed[0] != VERSION:
        raise Unreadable("not sealed here")
    start = 2 + sealed[1]
    try:
        return sealed[2:start].decode("ascii"), start
    except UnicodeDecodeError as error:
        raise Unreadable("not sealed here") from error


@lru_cache(maxsize=64)
def _cipher(field_keys: tuple[str, ...], key_id: str, purpose: str) -> AESGCM:
    keys = _keys(field_keys)
    if key_id not in keys:
        raise Unreadable(f"the key {key_id!r} is not among PORTAL_FIELD_KEYS")
    derived = HKDF(algorithm=SHA256(), length=32, salt=None, info=b"accounts.vault:" + purpose.encode())
    return AESGCM(derived.derive(keys[key_id]))


@lru_cache(maxsize=8)
def _keys(field_keys: tuple[str, ...]) -> dict[str, bytes]:
    """Read the keys, newest first. Raises `ImproperlyConfigured` in words that help."""
    keys: dict[str, bytes] = {}
    for entry in field_keys:
        key_id, _, encoded = entry.partition(":")
        try:
            key = base64.b64decode(encoded, validate=True)
        except binascii.Error:
            key = b""
        if not key_id.isascii() or not 1 <= len(key_id) <= 32 or len(key) != 32:
            raise ImproperlyConfigured("Each of PORTAL_FIELD_KEYS is `id:base64 of 32 random bytes`, newest first.")
        keys[key_id] = key
    if not keys:
        raise ImproperlyConfigured("Set PORTAL_FIELD_KEYS (`id:base64 of 32 random bytes`); docs/security.md says how.")
    return keys
