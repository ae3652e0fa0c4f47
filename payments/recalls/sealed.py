"""What is sealed here: the pictures that come with disputes."""

from accounts.sealing import Place, SealedColumn

PLACES: tuple[Place, ...] = (
    SealedColumn(
        "recalls.Evidence", "sealed", "recalls.evidence:{public_id}", ("payments.recalls.services.disputing",)
    ),
)
