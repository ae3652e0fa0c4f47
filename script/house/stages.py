"""Steps that need not run twice: each has a mark of what it depends on, written down when it is done."""

import hashlib
import json
from collections.abc import Iterable
from pathlib import Path

SKIPPED = {".git", ".venv", ".portal", "__pycache__", "tests", "bench", "docs", "node_modules", "static", "locale"}


def mark_of(paths: Iterable[Path], *also: str) -> str:
    """This function will answer a mark of the files' names and contents and of whatever else is named."""
    digest = hashlib.sha256()
    for path in sorted(paths):
        digest.update(str(path).encode() + b"\0" + hashlib.sha256(path.read_bytes()).digest())
    for text in also:
        digest.update(b"\1" + text.encode())
    return digest.hexdigest()


def code(root: Path) -> list[Path]:
    """This function will list the portal's own code and the figures beside it: what migrations and demo depend on."""
    found = []
    for folder in sorted(root.iterdir()):
        if folder.is_dir() and folder.name not in SKIPPED and (folder / "__init__.py").exists():
            found += [path for path in folder.rglob("*") if path.suffix in {".py", ".csv", ".sql", ".json"}]
    return found


def static(root: Path) -> list[Path]:
    return [path for path in root.glob("**/static/**/*") if path.is_file() and not _hidden(path, root)]


def translations(root: Path) -> list[Path]:
    return sorted((root / "locale").glob("*/LC_MESSAGES/*.po"))


def _hidden(path: Path, root: Path) -> bool:
    return path.relative_to(root).parts[0] in {".venv", ".portal", ".git", "node_modules"}


class Done:
    """The marks of the steps that are done. A step that was killed has no mark and runs again."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def _marks(self) -> dict[str, str]:
        try:
            return dict(json.loads(self.path.read_text(encoding="utf-8")))
        except (OSError, ValueError):
            return {}  # none yet, or half-written: everything runs once more, and may

    def has(self, name: str, mark: str) -> bool:
        return self._marks().get(name) == mark

    def get(self, name: str) -> str | None:
        return self._marks().get(name)

    def write(self, name: str, mark: str) -> None:
        marks = self._marks() | {name: mark}
        half = self.path.with_suffix(".new")
        half.write_text(json.dumps(marks, indent=1), encoding="utf-8")
        half.replace(self.path)
