"""Writing the documented CSV files, for the commands that make a delivery out of something else."""

import csv
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from core.intake.columns import FileSpec


class Writer:
    """Writes one file of the format, with its columns in the declared order and rows as they come."""

    def __init__(self, directory: Path, spec: FileSpec) -> None:
        self._stream = (directory / spec.file_name).open("w", encoding="utf-8", newline="")
        self._names = [column.name for column in spec.columns]
        self._out = csv.writer(self._stream, lineterminator="\n")
        self._out.writerow(self._names)
        self.rows = 0

    def row(self, **cells: Any) -> None:
        """This function will write one row; a column that is not named stays empty, an unknown one raises KeyError."""
        if unknown := cells.keys() - set(self._names):
            raise KeyError(f"no such columns: {', '.join(sorted(unknown))}")
        self.cells([cells.get(name, "") for name in self._names])

    def cells(self, cells: list[Any]) -> None:
        """This function will write one row whose cells stand in the declared order already."""
        self._out.writerow(cells)
        self.rows += 1

    def close(self) -> None:
        """This function will write what is still in memory and close the file."""
        self._stream.close()


def counted(writers: Mapping[str, Writer]) -> str:
    """This function will say how many rows each file got."""
    return ", ".join(f"{writer.rows:,} {name.replace('_', ' ')}" for name, writer in writers.items())
