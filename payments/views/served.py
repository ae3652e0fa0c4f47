"""When a check page was served, written into it by the server, so that nobody can say another time."""

import uuid
from datetime import UTC, datetime

from django.core import signing

_SALT = "payments.served"


def stamp(transfer_id: uuid.UUID, *, now: datetime) -> str:
    """This function will write down for the page of one transfer when it was served."""
    return signing.dumps([str(transfer_id), now.timestamp()], salt=_SALT)


def read(text: str, transfer_id: uuid.UUID) -> datetime | None:
    """This function will say when the page of a transfer was served; None for a stamp that is not ours or another's."""
    try:
        about, moment = signing.loads(text, salt=_SALT)
    except (signing.BadSignature, ValueError, TypeError):
        return None
    return datetime.fromtimestamp(moment, tz=UTC) if about == str(transfer_id) else None
