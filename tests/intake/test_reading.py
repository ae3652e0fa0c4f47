"""Files are read row by row: a bad row is named with its line and column, and the rows around it are kept."""

import tempfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.intake.columns import Column, FileSpec, WrongHeader, choice, day, decimal, integer, text
from core.intake.reading import Batch, Place, UnreadableFile, batches, rows_of, shown

SPEC = FileSpec(
    "things",
    (
        Column("thing", text(10), "its name"),
        Column("on", day(), "a day"),
        Column("amount", decimal(2), "an amount", required=False),
        Column("count", integer(), "a number", required=False),
        Column("kind", choice("a", "b"), "a word", required=False),
    ),
    "Things.",
)
HEADER = b"thing,on,amount,count,kind\n"


def read(tmp_path: Path, content: bytes, *, size: int = 1_000, spec: FileSpec = SPEC) -> list[Batch]:
    path = tmp_path / "things.csv"
    path.write_bytes(content)
    return list(batches(path, spec, size=size))


def one(tmp_path: Path, row: bytes) -> Batch:
    (batch,) = read(tmp_path, HEADER + row + b"\n")
    return batch


def test_a_good_row_is_copied_with_its_line_and_absent_cells(tmp_path: Path) -> None:
    batch = one(tmp_path, "灯,2024-02-29,-1.50,,b".encode())
    assert batch.copy == "2\t灯\t2024-02-29\t-1.50\t\\N\tb\n"
    assert (batch.good, batch.refused, batch.last) == (1, [], True)


@pytest.mark.parametrize(
    ("row", "column", "reason"),
    [
        (b",2024-01-01,,,", "thing", "is required and empty"),
        (b"x,2023-02-29,,,", "on", "is not a day of the calendar"),
        (b"x,01.02.2023,,,", "on", "is not a date as YYYY-MM-DD"),
        (b"x,2024-01-01,1e5,,", "amount", "is not a number"),
        (b"x,2024-01-01,NaN,,", "amount", "is not a number"),
        (b'x,2024-01-01,"1,5",,', "amount", "is not a number"),
        (b"x,2024-01-01,1.234,,", "amount", "at most 2 decimals"),
        (b"x,2024-01-01," + b"9" * 16 + b",,", "amount", "is not a number"),
        ("x,2024-01-01,１,,".encode(), "amount", "is not a number"),
        (b"x,2024-01-01,,1.0,", "count", "is not a whole number"),
        (b"x,2024-01-01,,,c", "kind", "is none of: a, b"),
        (b"12345678901,2024-01-01,,,", "thing", "longer than 10"),
        (b"a\x00b,2024-01-01,,,", "thing", "cannot be printed"),
        (b"a\tb,2024-01-01,,,", "thing", "cannot be printed"),
        ("明灯".encode("gbk") + b",2024-01-01,,,", "thing", "not UTF-8"),
        (b"\xed\xa0\x80,2024-01-01,,,", "thing", "not UTF-8"),
        (b"x,2024-01-01", "", "the row has 2 cells, the header names 5"),
        (b'"x,2024-01-01,,,', "", "cannot be read as CSV"),
        (b'"x"y,2024-01-01,,,', "", "cannot be read as CSV"),
    ],
)
def test_a_bad_row_is_refused_with_a_reason_and_the_next_is_kept(
    row: bytes, column: str, reason: str, tmp_path: Path
) -> None:
    batch = one(tmp_path, row + b"\nnext,2024-01-01,,,")
    (refused,) = batch.refused
    assert (refused.line, refused.column) == (2, column)
    assert reason in refused.reason
    assert batch.copy == "3\tnext\t2024-01-01\t\\N\t\\N\t\\N\n"
    shown(refused.value).encode("utf-8")  # fit to be stored


def test_what_copy_would_misread_is_escaped(tmp_path: Path) -> None:
    assert one(tmp_path, rb"\N,2024-01-01,,,").copy.startswith("2\t\\\\N\t")
    assert one(tmp_path, b'"a ""b"", c",2024-01-01,,,').copy.startswith('2\ta "b", c\t')


@pytest.mark.parametrize(
    ("header", "message"),
    [
        (b"", "is empty"),
        (b"thing\n", "lacks the columns on"),
        (b"thing,on,colour\n", "does not know: colour"),
        (b"thing,on,on\n", "names on more than once"),
    ],
)
def test_a_wrong_header_refuses_the_file(header: bytes, message: str, tmp_path: Path) -> None:
    with pytest.raises(WrongHeader, match=message):
        read(tmp_path, header)


def test_columns_may_stand_in_any_order_behind_a_byte_order_mark(tmp_path: Path) -> None:
    (batch,) = read(tmp_path, b"\xef\xbb\xbfon,thing\r\n2024-01-01,x\r\n\r\n")
    assert batch.copy == "2\tx\t2024-01-01\t\\N\t\\N\t\\N\n"


def test_an_endless_line_is_not_read_into_memory(tmp_path: Path) -> None:
    with pytest.raises(UnreadableFile, match="longer than"):
        read(tmp_path, HEADER + b"x" * 2_000_000)


@given(size=st.integers(1, 9), rows=st.integers(0, 60), again=st.integers(0, 80))
def test_reading_on_from_any_mark_gives_every_row_once(size: int, rows: int, again: int) -> None:
    """Whatever the batches' size and wherever it is interrupted, no row is lost or doubled."""
    lines = [f"t{row},2024-01-01,,{'x' if row % 7 == 3 else row},".encode() for row in range(rows)]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "things.csv"
        path.write_bytes(HEADER + b"\n".join(lines))
        whole = list(batches(path, SPEC, size=size))
        stopped = min(again, len(whole) - 1)
        stop = whole[stopped]
        after = [] if stop.last else list(batches(path, SPEC, size=size, start=Place(stop.line, stop.offset, "")))
    found = [*whole[: stopped + 1], *after]
    assert "".join(batch.copy for batch in found) == "".join(batch.copy for batch in whole)
    assert sum(batch.good for batch in found) == len([row for row in range(rows) if row % 7 != 3])
    assert sum(len(batch.refused) for batch in found) == len([row for row in range(rows) if row % 7 == 3])


def test_a_row_out_of_order_is_refused_across_batches(tmp_path: Path) -> None:
    spec = FileSpec(SPEC.name, SPEC.columns, SPEC.meaning, sorted_by="on")
    found = read(tmp_path, HEADER + b"a,2024-01-02,,,\nb,2024-01-01,,,\nc,2024-01-02,,,\n", size=1, spec=spec)
    assert [refused.line for batch in found for refused in batch.refused] == [3]
    start = Place(found[0].line, found[0].offset, found[0].sorted_value)
    again = list(batches(tmp_path / "things.csv", spec, size=10, start=start))
    assert [refused.line for batch in again for refused in batch.refused] == [3]


def test_the_rows_that_were_kept_can_be_read_again(tmp_path: Path) -> None:
    read(tmp_path, b"on,thing\n2024-01-01,a\nbad,b\n\n2024-01-03,c\n")
    kept = rows_of(tmp_path / "things.csv", SPEC, without=iter([3]))
    assert list(kept) == [["a", "2024-01-01", "", "", ""], ["c", "2024-01-03", "", "", ""]]
