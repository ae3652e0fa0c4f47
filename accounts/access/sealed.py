"""What is sealed of signing in: the secrets of second factors, and sessions."""

from collections.abc import Sequence
from typing import Any

from django.contrib.sessions.backends.db import SessionStore
from django.core import signing

from accounts.access import kept
from accounts.access.adapters import FactorAdapter
from accounts.access.sessions import SealedJSON
from accounts.sealing import Place, SealedColumn, SealedText, in_json, json_again

# Where allauth keeps what its adapter sealed: an app's secret, the seed of recovery codes, codes brought over.
SECRETS = ("secret", "seed", "migrated_codes")


class _AsItIs:
    """Reads a session's envelope without opening what is in it."""

    def loads(self, data: bytes) -> bytes:
        return data


def _in_factor(data: Any) -> Sequence[bytes]:
    return in_json(data, SECRETS)


def _factor_again(data: Any) -> Any:
    return json_again(data, SECRETS, FactorAdapter.PURPOSE)


def _in_session(text: str) -> Sequence[bytes]:
    """The sealed bytes in Django's signed envelope; none in an envelope that nobody can use any more."""
    reader: Any = _AsItIs
    try:
        return [signing.loads(text, salt=SessionStore().key_salt, serializer=reader)]
    except (signing.BadSignature, ValueError):
        return []


def _session_again(text: str) -> str:
    store = SessionStore()
    content = SealedJSON().loads(_in_session(text)[0])
    return store.encode(content)


PLACES: tuple[Place, ...] = (
    SealedText("mfa.Authenticator", "data", ("accounts.access.adapters",), _in_factor, _factor_again),
    SealedColumn("access.KeptForm", "sealed", kept.PURPOSE, ("accounts.access.kept",)),
    SealedText("sessions.Session", "session_data", ("accounts.access.sessions",), _in_session, _session_again),
)
