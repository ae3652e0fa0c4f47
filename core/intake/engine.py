"""Takes a delivery in: file after file, batch after batch, each batch one transaction with its mark."""

import hashlib
from collections.abc import Generator, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from operator import attrgetter
from pathlib import Path

from django.db import connection, transaction
from django.db.backends.utils import CursorWrapper
from django.db.models import F

from core.intake import manifest as manifests
from core.intake import report as reports
from core.intake import staging
from core.intake.ahead import Ready, prepared
from core.intake.loading import Delivery, Loader, NotAsPrepared, Section, Staged
from core.intake.models import Mark, Refusal, Run
from core.intake.progress import Progress, Quiet
from core.intake.reading import Batch, Place, Refused, batches, rows_of, sha256

BATCH = 20_000  # rows; measured: larger batches are no faster


class NotADelivery(ValueError):
    """The directory lacks a file, or holds one that nobody takes in."""


class AlreadyRunning(RuntimeError):
    """Another process is taking in files of the same source."""


@dataclass(frozen=True)
class Taken:
    """What became of a delivery."""

    report: reports.Report
    finished_before: bool  # the same files had been taken in to the end: nothing was done


@dataclass(frozen=True)
class _Work:
    loader: Loader
    path: Path


def take_in(
    *,
    directory: Path,
    loaders: Sequence[Loader],
    now: datetime,
    currency: str | None = None,
    dry_run: bool = False,
    batch_size: int = BATCH,
    progress: Progress | None = None,
) -> Taken:
    """This function will take in every file of a directory, in the loaders' order, and report.

    Starts its own transactions, one for each batch; the same files again go on where the last run stopped, or answer
    the finished run's report. With `dry_run` everything is checked inside one transaction that is rolled back.
    Raises manifest.WrongManifest, columns.WrongHeader, reading.UnreadableFile and NotADelivery before anything is
    kept, and AlreadyRunning.
    """
    delivery = Delivery(manifest=manifests.read(directory, currency=currency), now=now)
    works = _works(directory, loaders)
    for work in works:
        with closing(batches(work.path, work.loader.spec, size=1)) as rows:
            next(rows)  # judges the header
    progress = progress or Quiet()
    if dry_run:
        with _only_one(delivery.source), transaction.atomic():
            report = _take_all(_run_of(delivery, works), delivery, works, batch_size, progress, dry_run=True)
            transaction.set_rollback(True)
        return Taken(report, finished_before=False)
    with _only_one(delivery.source):
        run = _run_of(delivery, works)
        if run.state == Run.State.FINISHED:
            return Taken(reports.stored(run), finished_before=True)
        return Taken(_take_all(run, delivery, works, batch_size, progress, dry_run=False), finished_before=False)


def _works(directory: Path, loaders: Sequence[Loader]) -> list[_Work]:
    works = [_Work(loader, directory / loader.spec.file_name) for loader in loaders]
    if missing := [w.path.name for w in works if w.loader.spec.required and not w.path.is_file()]:
        raise NotADelivery(f"{directory} lacks {', '.join(missing)}")
    known = {work.path.name for work in works}
    if unknown := sorted(path.name for path in directory.glob("*.csv") if path.name not in known):
        raise NotADelivery(f"{directory} holds files that the format does not know: {', '.join(unknown)}")
    return [work for work in works if work.path.is_file()]


@contextmanager
def _only_one(source: str) -> Iterator[None]:
    """Let one process at a time take in files of a source; the lock goes with the connection."""
    number = _lock_number(source)
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s)", [number])
        if not cursor.fetchone()[0]:
            raise AlreadyRunning(f"files of {source} are being taken in by another process")
        try:
            yield
        finally:
            if connection.is_usable():
                cursor.execute("SELECT pg_advisory_unlock(%s)", [number])


def _lock_number(source: str) -> int:
    """Say which advisory lock belongs to a source."""
    return int.from_bytes(hashlib.sha256(f"intake:{source}".encode()).digest()[:7], "big")


def _run_of(delivery: Delivery, works: Sequence[_Work]) -> Run:
    """Find the run of exactly these files, or begin one."""
    files = {w.path.name: {"sha256": sha256(w.path), "bytes": w.path.stat().st_size} for w in works}
    said = delivery.manifest.as_json() + "".join(f"{name}:{file['sha256']}\n" for name, file in sorted(files.items()))
    run, begun = Run.objects.get_or_create(
        source=delivery.source,
        fingerprint=hashlib.sha256(said.encode()).hexdigest(),
        defaults={
            "source_name": delivery.manifest.name,
            "as_of": delivery.as_of,
            "files": files,
            "started_at": delivery.now,
        },
    )
    if not begun and run.state == Run.State.RUNNING:
        Run.objects.filter(pk=run.pk).update(resumed=F("resumed") + 1)
        run.refresh_from_db()
    return run


def _take_all(
    run: Run, delivery: Delivery, works: Sequence[_Work], size: int, progress: Progress, *, dry_run: bool
) -> reports.Report:
    for work in works:
        _take_file(run, delivery, work, size, progress)
    sections = list(_sections(run, delivery, works))
    with transaction.atomic():
        report = reports.make(run, sections, dry_run=dry_run)
        Run.objects.filter(pk=run.pk, state=Run.State.RUNNING).update(
            state=Run.State.FINISHED,
            finished_at=delivery.now,
            report=report.as_json(),
            report_text=report.text,
        )
    return report


def _sections(run: Run, delivery: Delivery, works: Sequence[_Work]) -> Iterator[Section]:
    for work in works:
        if work.loader.report is not None:
            yield work.loader.report(delivery, partial(_rows_kept, run, work))


def _rows_kept(run: Run, work: _Work) -> Iterator[list[str]]:
    refused = run.refusals.filter(file=work.loader.spec.name).order_by("line").values_list("line", flat=True)
    return rows_of(work.path, work.loader.spec, without=refused.iterator(chunk_size=5_000))


def _take_file(run: Run, delivery: Delivery, work: _Work, size: int, progress: Progress) -> None:
    spec = work.loader.spec
    mark, _ = Mark.objects.get_or_create(run=run, file=spec.name)
    if mark.complete:
        return
    progress.start(spec.name, total=work.path.stat().st_size, done=mark.offset)
    start = Place(line=mark.line, offset=mark.offset, sorted_value=mark.sorted_value)
    with connection.cursor() as cursor:
        staging.create(cursor, spec)
    told = 0  # rows in this process when the planner was last told
    rows = 0
    with closing(_ahead(delivery, work.loader, batches(work.path, spec, size=size, start=start))) as coming:
        for batch, ready in coming:
            with transaction.atomic():
                _take_batch(run, delivery, work.loader, batch, ready)
            rows += batch.good
            if batch.last or rows > 2 * told:
                _tell_planner(work.loader)
                told = rows
            progress.step(rows=batch.good + len(batch.refused), done=batch.offset)
    with connection.cursor() as cursor:
        staging.drop(cursor, spec)
    progress.finish()


def _ahead(
    delivery: Delivery, loader: Loader, rows: Iterator[Batch]
) -> Generator[tuple[Batch, Ready | None], None, None]:
    """Read the next batch in a second thread, and prepare it there, while the database books this one.

    Inside a transaction (a dry run) nothing is prepared: a second connection would not see what the first has written.
    """
    coming = prepared(rows, delivery, loader, separately=not connection.in_atomic_block)
    with ThreadPoolExecutor(max_workers=1, thread_name_prefix="intake") as reader:
        following = reader.submit(next, coming, None)
        try:
            while (found := following.result()) is not None:
                following = reader.submit(next, coming, None)
                yield found
        finally:
            reader.submit(coming.close).result()


def _take_batch(run: Run, delivery: Delivery, loader: Loader, batch: Batch, ready: Ready | None = None) -> None:
    spec = loader.spec
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL work_mem = '64MB'; SET LOCAL statement_timeout = 0")
        mark = Mark.objects.select_for_update().get(run=run, file=spec.name)
        taken, repeated, refused = _as_prepared(cursor, delivery, loader, ready) or _with_care(
            cursor, delivery, loader, batch
        )
    Refusal.objects.bulk_create(
        [
            Refusal(run=run, file=spec.name, line=r.line, column=r.column, value=r.value[:120], reason=r.reason[:250])
            for r in sorted(refused, key=attrgetter("line"))
        ],
        batch_size=5_000,
    )
    mark.line, mark.offset, mark.complete = batch.line, batch.offset, batch.last
    mark.sorted_value = batch.sorted_value
    mark.taken += taken
    mark.repeated += repeated
    mark.refused += len(refused)
    mark.save()


def _as_prepared(
    cursor: CursorWrapper, delivery: Delivery, loader: Loader, ready: Ready | None
) -> tuple[int, int, list[Refused]] | None:
    """Take a batch as it was prepared; None, and nothing done, when it was not or no longer holds."""
    if ready is None or loader.ahead is None:
        return None
    try:
        with transaction.atomic():
            taken = loader.ahead.take(Staged(cursor, delivery), ready.content)
    except NotAsPrepared:
        return None
    return taken, ready.repeated, ready.refused


def _with_care(
    cursor: CursorWrapper, delivery: Delivery, loader: Loader, batch: Batch
) -> tuple[int, int, list[Refused]]:
    """Take a batch step by step, each row judged by what is in the books at this moment."""
    repeated, refused = staging.fill(cursor, delivery, loader, batch)
    outcome = loader.take(Staged(cursor, delivery))
    return outcome.taken, repeated, [*refused, *outcome.refused]


def _tell_planner(loader: Loader) -> None:
    """Have the planner look at the tables again: plans made for empty tables are useless for full ones."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT intake_analyze(%s::regclass[])", [list(loader.fills)])
