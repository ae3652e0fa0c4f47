"""What is sealed of an application for verification: number, address, photos."""

from accounts.identity import files
from accounts.sealing import Place, SealedColumn, SealedFiles

PLACES: tuple[Place, ...] = (
    SealedColumn(
        "identity.Verification", "number_sealed", "identity.number:{public_id}", ("accounts.identity.models",)
    ),
    SealedColumn(
        "identity.Verification", "address_sealed", "identity.address:{public_id}", ("accounts.identity.models",)
    ),
    SealedColumn("identity.Verification", "zone_sealed", "identity.zone:{public_id}", ("accounts.identity.models",)),
    SealedFiles("identity.Document", "file", files.PURPOSE, ("accounts.identity.files",)),
)
