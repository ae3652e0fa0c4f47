"""Compiles locale/*/LC_MESSAGES/*.po with polib, so that no machine needs gettext. Run by the environment's Python."""

import sys
from pathlib import Path

import polib


def compile_all(locale: Path) -> int:
    """This function will write each .mo beside its .po in one move; answers how many there are."""
    sources = sorted(locale.glob("*/LC_MESSAGES/*.po"))
    for source in sources:
        half = source.with_suffix(".mo.new")
        polib.pofile(str(source)).save_as_mofile(str(half))
        half.replace(source.with_suffix(".mo"))
    return len(sources)


if __name__ == "__main__":
    print(f"{compile_all(Path(sys.argv[1]))} translation files compiled")
