"""What is sealed here: the parts of large files of transactions."""

from typing import Final

from accounts.sealed_files import SealedFolder
from accounts.sealing import Place, SealedFiles

FILES: Final = SealedFolder("statements", purpose="statements.file:")
PLACES: tuple[Place, ...] = (
    SealedFiles("statements.MovementFilePart", "stored", FILES.purpose, ("accounts.sealed_files",)),
)
