"""Reading the print on document photos, and whether it agrees with what was typed.

The models run in a process of their own (reading_process.py). What comes back is lines of print with a score each; what
is below the bank's confidence counts as not read, and nothing is completed or corrected by guessing.
"""

import json
import logging
import subprocess
import sys
import tempfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from pathlib import Path

from django.conf import settings
from django.utils.module_loading import import_string

from accounts.identity import documents, mrz, names, numbers

log = logging.getLogger(__name__)
PROCESS = Path(__file__).with_name("reading_process.py")
SECONDS = 90  # a reading takes about three; a machine under load takes longer
QUIET = {"ORT_DISABLE_TELEMETRY": "1", "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}


class CouldNotRead(Exception):
    """The reader is not installed, or it failed; `args[0]` names why, in a word."""


@dataclass(frozen=True)
class Line:
    """A line of print: its text, how sure the reader is (0 to 1), and where it stands."""

    text: str
    score: float
    box: tuple[int, int, int, int] = (0, 0, 0, 0)


Lines = Mapping[str, Sequence[Line]]  # by side
Reader = Callable[[Mapping[str, bytes]], Lines]


def read(photos: Mapping[str, bytes]) -> Lines:
    """This function will read photos with the reader the settings name. Raises CouldNotRead."""
    reader: Reader = import_string(settings.IDENTITY_READER)
    return reader(photos)


def with_rapidocr(photos: Mapping[str, bytes]) -> Lines:
    """This function will read photos with RapidOCR in a process of its own. Raises CouldNotRead."""
    wanted = b"".join(f"{side} {len(jpeg)}\n".encode() + jpeg for side, jpeg in photos.items())
    with tempfile.TemporaryDirectory(prefix="reading-") as nowhere:
        try:
            done = subprocess.run(  # noqa: S603 - our own file, an argument list, no shell
                [sys.executable, "-I", str(PROCESS)],
                input=wanted,
                capture_output=True,
                check=False,
                timeout=SECONDS,
                cwd=nowhere,
                env={"PATH": "/usr/bin:/bin", "HOME": nowhere, "TMPDIR": nowhere, **QUIET},
            )
        except subprocess.TimeoutExpired:
            raise CouldNotRead("timeout") from None
        except OSError as error:
            raise CouldNotRead("start") from error
    if done.returncode:
        words = done.stderr.decode(errors="replace")
        missing = "ModuleNotFoundError" in words or "ImportError" in words
        log.warning("photos could not be read", extra={"code": done.returncode, "missing": missing})
        raise CouldNotRead("missing" if missing else "failed")
    try:
        answer = json.loads(done.stdout)
        return {
            side: [Line(str(text), float(score), tuple(box)) for text, score, box in rows]  # a score
            for side, rows in answer.items()
        }
    except (ValueError, TypeError, AttributeError):
        raise CouldNotRead("answer") from None


class Says(StrEnum):
    """What a photo says about something that was typed."""

    AGREES = "agrees"
    DIFFERS = "differs"
    UNREAD = "unread"


@dataclass(frozen=True)
class Typed:
    """What was typed, as far as it stands on the document."""

    kind: str
    name: str
    number: str
    born_on: date | None
    expires_on: date | None
    zone: str = ""


@dataclass(frozen=True)
class Verdict:
    """What a photo says about one field; `read` is covered where it is a number or a date of birth."""

    field: str
    says: Says
    score: float
    read: str = ""


def compare(typed: Typed, lines: Lines, *, least: float) -> list[Verdict]:
    """This function will compare each field with what was read with at least the confidence `least` (0 to 1)."""
    front = [line for line in lines.get("front", ()) if line.score >= least]
    back = [line for line in lines.get("back", ()) if line.score >= least]
    if documents.KINDS[typed.kind].has_zone:
        return [_passport_number(typed, front), _passport_name(typed, front)]
    verdicts = [_number(typed, front), _name(typed, front), _birth(typed, front)]
    return [*verdicts, _expiry(typed, back)] if typed.expires_on else verdicts


def _number(typed: Typed, lines: Sequence[Line]) -> Verdict:
    """Look for 18 characters in a row that are a number of this kind. What is none was misread, not mistyped."""
    for line in lines:
        text = numbers.compact(line.text)
        for start in range(len(text) - numbers.LENGTH + 1):
            piece = text[start : start + numbers.LENGTH]
            if piece == typed.number:
                return Verdict("number", Says.AGREES, line.score, numbers.long_mask(piece))
            try:
                found = documents.parse(typed.kind, piece).text
            except numbers.NumberError:
                continue
            return Verdict("number", Says.DIFFERS, line.score, numbers.long_mask(found))
    return Verdict("number", Says.UNREAD, 0)


NAME_LABEL = "姓名"


def _name(typed: Typed, lines: Sequence[Line]) -> Verdict:
    """Look for the name; another one is only read where the label 姓名 says that this is a name."""
    key = names.compare_key(typed.name)
    for line in lines:
        if names.compare_key(line.text).removeprefix(NAME_LABEL) == key:
            return Verdict("name", Says.AGREES, line.score, line.text)
    for line in lines:
        text = names.compare_key(line.text)
        if text.startswith(NAME_LABEL) and len(text) > len(NAME_LABEL):
            return _other_name(line, line.text.replace("姓", "").replace("名", "", 1))
        if text == NAME_LABEL:
            beside = [one for one in lines if one is not line and _same_row(line, one)]
            if beside:
                nearest = min(beside, key=lambda one: one.box[0])
                return _other_name(nearest, nearest.text)
    return Verdict("name", Says.UNREAD, 0)


def _other_name(line: Line, text: str) -> Verdict:
    return Verdict("name", Says.DIFFERS, line.score, text.strip())


def _same_row(label: Line, other: Line) -> bool:
    middle = (other.box[1] + other.box[3]) / 2
    return other.box[0] >= label.box[2] - 5 and label.box[1] - 15 <= middle <= label.box[3] + 15


def _birth(typed: Typed, lines: Sequence[Line]) -> Verdict:
    for line in lines:
        digits = _runs(line.text)
        if "年" in line.text and len(digits) >= 3:
            found = digits[-3:]
            agrees = typed.born_on is not None and found == [typed.born_on.year, typed.born_on.month, typed.born_on.day]
            return Verdict("born_on", Says.AGREES if agrees else Says.DIFFERS, line.score, "••••")
    return Verdict("born_on", Says.UNREAD, 0)


def _expiry(typed: Typed, lines: Sequence[Line]) -> Verdict:
    """Read the second of two dates on the emblem side, as 2020.06.01-2040.06.01."""
    for line in lines:
        digits = _runs(line.text)
        if len(digits) == 6 and digits[3] > 1900 and typed.expires_on is not None:
            want = [typed.expires_on.year, typed.expires_on.month, typed.expires_on.day]
            read = f"{digits[3]:04d}-{digits[4]:02d}-{digits[5]:02d}"
            return Verdict("expires_on", Says.AGREES if digits[3:] == want else Says.DIFFERS, line.score, read)
    return Verdict("expires_on", Says.UNREAD, 0)


def _passport_number(typed: Typed, lines: Sequence[Line]) -> Verdict:
    """Find the second machine-readable line, whose first ten characters are the number and its check digit."""
    for line in lines:
        text = mrz.compact(line.text)
        if len(text) != mrz.WIDTH or not text[9].isdigit() or not all(c.isalnum() or c == mrz.FILLER for c in text[:9]):
            continue
        if not text[:9].isascii() or mrz.digit(text[:9]) != text[9]:
            continue  # misread: its own check digit disagrees
        found = text[:9].rstrip(mrz.FILLER)
        says = Says.AGREES if found == typed.number else Says.DIFFERS
        return Verdict("number", says, line.score, numbers.long_mask(found))
    return Verdict("number", Says.UNREAD, 0)


def _passport_name(typed: Typed, lines: Sequence[Line]) -> Verdict:
    want = names.romanised(typed.name)
    for line in lines:
        text = line.text.replace(" ", "").upper()
        if text.startswith("P<") and "<<" in text[5:]:
            surname, _gap, given = text[5:].partition("<<")
            found = names.romanised(f"{surname} {given}".replace("<", " "))
            return Verdict("name", Says.AGREES if found == want else Says.DIFFERS, line.score, found)
    return Verdict("name", Says.UNREAD, 0)


def _runs(text: str) -> list[int]:
    """The numbers in a text, in order."""
    return [int(run) for run in "".join(char if char in "0123456789" else " " for char in text).split()]
