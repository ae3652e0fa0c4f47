"""Finds what a reader would see untranslated: collects every string of the code anew, and looks each up in locale/.

Run by the environment's Python: `untranslated.py ROOT`. Works on a scratch copy, so that locale/ stays as it is.
"""

import re
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

import polib

LANGUAGE = "zh_Hans"
SKIPPED = {".git", ".venv", ".portal", "tests", "bench", "docs", "script", "locale", "__pycache__", "node_modules"}
PLACEHOLDER = re.compile(r"%\(\w+\)[sdif]|%[sdif]|\{\w*\}")

Key = tuple[str | None, str, str]


def collect(root: Path) -> polib.POFile:
    """This function will gather the strings of code and templates as `makemessages` does, from a scratch copy."""
    with tempfile.TemporaryDirectory(prefix="portal-strings-") as folder:
        scratch = Path(folder)
        for entry in root.iterdir():
            if entry.name in SKIPPED or entry.name.startswith("."):
                continue
            if entry.is_dir():
                ignored = shutil.ignore_patterns("__pycache__", "vendor", "*.pyc")
                shutil.copytree(entry, scratch / entry.name, ignore=ignored)
            else:
                shutil.copy(entry, scratch)
        (scratch / "locale").mkdir()
        command = [sys.executable, "manage.py", "makemessages", "--locale", LANGUAGE, "--verbosity", "0"]
        subprocess.run(command, cwd=scratch, check=True)
        return polib.pofile(str(scratch / "locale" / LANGUAGE / "LC_MESSAGES" / "django.po"))


def key(entry: polib.POEntry) -> Key:
    return (entry.msgctxt, entry.msgid, entry.msgid_plural)


def texts(entry: polib.POEntry) -> list[str]:
    return list(entry.msgstr_plural.values()) if entry.msgid_plural else [entry.msgstr]


def fault(wanted: polib.POEntry, known: polib.POEntry | None) -> str:
    """This function will say what is wrong with a string's translation, or answer an empty text."""
    if known is None or known.obsolete:
        return "has no translation"
    if known.fuzzy:
        return "is marked fuzzy"
    if not all(text.strip() for text in texts(known)):
        return "is translated with nothing"
    expected = set(PLACEHOLDER.findall(wanted.msgid_plural or wanted.msgid))
    checked = "python-format" in wanted.flags or "python-brace-format" in wanted.flags
    if checked and any(not set(PLACEHOLDER.findall(text)) <= expected for text in texts(known)):
        return "is translated with a placeholder the original does not have"
    singular = set(PLACEHOLDER.findall(wanted.msgid))
    if checked and any(not (expected & singular) <= set(PLACEHOLDER.findall(text)) for text in texts(known)):
        return "loses a placeholder in translation"
    return ""


def faults(fresh: polib.POFile, kept: polib.POFile) -> list[str]:
    """This function will list every string that is not properly translated, with the first place it comes from."""
    known = {key(entry): entry for entry in kept}
    found = []
    for entry in fresh:
        if problem := fault(entry, known.get(key(entry))):
            place = ":".join(entry.occurrences[0]) if entry.occurrences else "?"
            found.append(f"{place}: {entry.msgid!r} {problem}")
    return found


def main(root: Path) -> int:
    path = root / "locale" / LANGUAGE / "LC_MESSAGES" / "django.po"
    if not path.exists():
        print(f"{path.relative_to(root)} is missing")
        return 1
    fresh = collect(root)
    found = faults(fresh, polib.pofile(str(path)))
    print("\n".join(found))
    print(f"{len(found)} of {len(fresh)} strings are not translated")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1]).resolve()))
