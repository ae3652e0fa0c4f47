"""What is sealed of payments abroad: the pages of documents."""

from accounts.sealing import Place, SealedFiles
from payments.crossborder import files

PLACES: tuple[Place, ...] = (SealedFiles("crossborder.Page", "file", files.PURPOSE, ("payments.crossborder.files",)),)
