"""What is sealed here: the files of copies, and what somebody wants corrected with its evidence."""

from accounts.mydata import files
from accounts.sealing import Place, SealedColumn, SealedFiles

PLACES: tuple[Place, ...] = (
    SealedFiles("mydata.Takeout", "file", files.PURPOSE, ("accounts.mydata.files",)),
    SealedFiles("mydata.ExportFile", "file", files.PURPOSE, ("accounts.mydata.files",)),
    SealedColumn("mydata.Correction", "old_sealed", "mydata.correction.old:{public_id}", ("accounts.mydata.models",)),
    SealedColumn("mydata.Correction", "new_sealed", "mydata.correction.new:{public_id}", ("accounts.mydata.models",)),
    SealedFiles("mydata.Correction", "evidence", files.PURPOSE, ("accounts.mydata.files",)),
)
