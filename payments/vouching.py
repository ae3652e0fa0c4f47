"""What a higher room answers for: a transfer to somebody who is not on the payer's list of payees.

`settings.TRANSFER_VOUCHER` names the room's function `vouch(transfer, now) -> bool`. It is called in the confirming
transaction, under the payer's lock and before anything is booked; what it writes stands exactly when the money moves.
False means that the room knows nothing of the transfer; it may raise a TransferRefused of its own.
`settings.TRANSFER_TOLD` names `told(transfer_id, now) -> Told | None`: what the check page says about it besides.
"""

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from functools import cache
from typing import Any

from django.conf import settings
from django.utils.module_loading import import_string

from payments.locking import LockedTransfer


@dataclass(frozen=True, slots=True)
class Told:
    """What a higher room says about a draft on its check page, and where its payer changes it."""

    change_url: str
    template: str
    values: Mapping[str, Any] = field(default_factory=dict)


def vouched(transfer: LockedTransfer, *, now: datetime) -> bool:
    """This function will say whether a higher room answers for a transfer to somebody off the payer's list."""
    return bool(_named("TRANSFER_VOUCHER")(transfer, now))


def told(transfer_id: uuid.UUID, *, now: datetime) -> Told | None:
    """This function will give what a higher room says about a draft to somebody off the payer's list."""
    found: Told | None = _named("TRANSFER_TOLD")(transfer_id, now)
    return found


@cache
def _named(setting: str) -> Any:
    return import_string(getattr(settings, setting))
