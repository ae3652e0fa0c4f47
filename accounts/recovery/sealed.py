"""What is sealed of a request for a new second step: the number that was typed, the photos."""

from accounts.identity import files
from accounts.sealing import Place, SealedColumn, SealedFiles

PLACES: tuple[Place, ...] = (
    SealedColumn("recovery.Recovery", "number_sealed", "recovery.number:{public_id}", ("accounts.recovery.models",)),
    SealedFiles("recovery.Evidence", "file", files.PURPOSE, ("accounts.identity.files",)),
)
