"""What is sealed of texts and letters on their way."""

from accounts import contacts
from accounts.inbox import sms
from accounts.sealing import Place, SealedColumn

PLACES: tuple[Place, ...] = (
    SealedColumn("inbox.Dispatch", "to_sealed", contacts.PURPOSE, ("accounts.contacts",)),
    SealedColumn("inbox.Dispatch", "body_sealed", sms.PURPOSE, ("accounts.inbox.sms",)),
)
