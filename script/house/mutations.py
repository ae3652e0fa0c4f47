"""Take one control after another out of a scratch copy of the tree, and see that its test fails.

    python script/house/mutations.py              all of them, one after the other
    python script/house/mutations.py stepup 48    those of a row, or whose file or test contains one of these
    python script/house/mutations.py --list

The environment is that of the tests (docs/testing.md). Nothing is changed in this tree. The list stands in
script/house/controls: a row of docs/security.md, a file, what stands there, what is put in its place (at the end of the
file where nothing stood), and the test that must go red. Where nothing is taken out, a violation of a rule about the
whole source is planted. A text that is no longer in its file, or a test that stays green, fails the run.
"""

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from controls import MUTATIONS, Mutation

ROOT = Path(__file__).resolve().parent.parent.parent
RED = 1  # pytest: tests ran and failed; anything else is a mistake of this list


def copy_to(folder: Path) -> None:
    """This function will copy the files git knows, as they stand now."""
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True).stdout
    for name in filter(None, listed.decode().split("\0")):
        if (ROOT / name).is_file():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, folder / name)


def tried(mutation: Mutation, tree: Path) -> str:
    """This function will try one mutation and say what is wrong; "" where the test went red, as it must."""
    before = {tree / name: (tree / name).read_text(encoding="utf-8") for name, _old, _new in mutation.edits}
    if any(old not in before[tree / name] for name, old, _new in mutation.edits):
        return "what is to be taken out is not there"
    for name, old, new in mutation.edits:
        text = (tree / name).read_text(encoding="utf-8")
        (tree / name).write_text(text.replace(old, new) if old else text + new, encoding="utf-8")
    try:
        command = [sys.executable, "-m", "pytest", f"tests/{mutation.test}", "-q", "-x", "--reuse-db"]
        done = subprocess.run(
            [*command, "-p", "no:cacheprovider"],
            cwd=tree,
            env=dict(os.environ),
            capture_output=True,
            text=True,
            check=False,
        )
    finally:
        for file, text in before.items():
            file.write_text(text, encoding="utf-8")
    if done.returncode == RED and "FAILED" in done.stdout:
        return ""
    return (
        "the test stays green" if done.returncode == 0 else f"pytest ended with {done.returncode}: {done.stdout[-300:]}"
    )


def main(words: list[str]) -> int:
    """This function will try the mutations that were asked for; 0 where every test noticed."""
    chosen = [one for one in MUTATIONS if one.concerns([word for word in words if word != "--list"])]
    if "--list" in words:
        for one in chosen:
            sys.stdout.write(f"{one.row}: {one.file}: {one.test}\n")
        return 0
    wrong = 0
    with tempfile.TemporaryDirectory(prefix="mutations-") as folder:
        copy_to(Path(folder))
        for one in chosen:
            said = tried(one, Path(folder))
            wrong += bool(said)
            sys.stdout.write(f"{one.row}: {one.test}: {said or 'red'}\n")
            sys.stdout.flush()
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
