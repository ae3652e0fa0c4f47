"""docs/migration.md says what the rooms declare."""

from django.conf import settings

from accounts.statements.bank_import import COUNTERPARTS
from accounts.statements.kinds import HISTORY
from portal.bank_import import LOADERS, describe

TEXT = (settings.BASE_DIR / "docs" / "migration.md").read_text("utf-8")


def test_every_file_and_column_is_documented_as_declared() -> None:
    for loader in LOADERS:
        assert describe.table(loader.spec) in TEXT, f"write the table of {loader.spec.file_name} anew"


def test_every_kind_of_movement_is_documented_and_has_a_name() -> None:
    for kind in COUNTERPARTS:
        assert f"| `{kind}` |" in TEXT
        assert f"history.{kind}" in HISTORY
