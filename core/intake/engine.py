"""Takes a delivery in: file after file, batch after batch, each batch one transaction with its mark."""

import hashlib
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from operator import attrgetter
from pathlib import Path

from django.db import connection, transaction
from django.db.models import F
from psycopg import sql

from core.intake import manifest as manifests
from core.intake import report as reports
from core.intake.columns import FileSpec
from core.intake.loading import Delivery, Loader, Rule, Section, Staged
from core.intake.models import Mark, Refusal, Run
from core.intake.progress import Progress, Quiet
from core.intake.reading import Batch, Place, Refused, batches, rows_of, sha256, shown

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
        cursor.execute(_create(spec))
    told = 0  # rows in this process when the planner was last told
    rows = 0
    for batch in _ahead(batches(work.path, spec, size=size, start=start)):
        with transaction.atomic():
            _take_batch(run, delivery, work.loader, batch)
        rows += batch.good
        if batch.last or rows > 2 * told:
            _tell_planner(work.loader)
            told = rows
        progress.step(rows=batch.good + len(batch.refused), done=batch.offset)
    with connection.cursor() as cursor:
        cursor.execute(sql.SQL("DROP TABLE {}").format(sql.Identifier(spec.staging)))
    progress.finish()


def _ahead(rows: Iterator[Batch]) -> Iterator[Batch]:
    """Read the next batch in a second thread while the database works on this one."""
    with ThreadPoolExecutor(max_workers=1, thread_name_prefix="intake") as reader:
        coming = reader.submit(next, rows, None)
        while (batch := coming.result()) is not None:
            coming = reader.submit(next, rows, None)
            yield batch


def _take_batch(run: Run, delivery: Delivery, loader: Loader, batch: Batch) -> None:
    spec = loader.spec
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL work_mem = '64MB'; SET LOCAL statement_timeout = 0")
        mark = Mark.objects.select_for_update().get(run=run, file=spec.name)
        cursor.execute(sql.SQL("TRUNCATE {}").format(sql.Identifier(spec.staging)))
        with cursor.copy(sql.SQL("COPY {} FROM STDIN").format(sql.Identifier(spec.staging))) as copy:
            copy.write(batch.copy)
        cursor.execute(_judge(loader), delivery.values)
        repeated, refused = 0, list(batch.refused)
        for line, verdict, value in cursor.fetchall():
            if line is None:
                repeated = verdict
            else:
                rule = _rules(loader)[verdict]
                refused.append(Refused(line, rule.column, shown(value or ""), rule.reason))
        outcome = loader.take(Staged(cursor, delivery))
        refused.extend(outcome.refused)
    Refusal.objects.bulk_create(
        [
            Refusal(run=run, file=spec.name, line=r.line, column=r.column, value=r.value[:120], reason=r.reason[:250])
            for r in sorted(refused, key=attrgetter("line"))
        ],
        batch_size=5_000,
    )
    mark.line, mark.offset, mark.complete = batch.line, batch.offset, batch.last
    mark.sorted_value = batch.sorted_value
    mark.taken += outcome.taken
    mark.repeated += repeated
    mark.refused += len(refused)
    mark.save()


def _tell_planner(loader: Loader) -> None:
    """Have the planner look at the tables again: plans made for empty tables are useless for full ones."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT intake_analyze(%s::regclass[])", [list(loader.fills)])


def _create(spec: FileSpec) -> sql.Composed:
    columns: list[sql.Composable] = [sql.SQL("line bigint")]
    columns += [
        sql.SQL("{} {}").format(sql.Identifier(column.name), sql.SQL(column.kind.sql)) for column in spec.columns
    ]
    return sql.SQL("DROP TABLE IF EXISTS {table}; CREATE TEMPORARY TABLE {table} ({columns})").format(
        table=sql.Identifier(spec.staging), columns=sql.SQL(", ").join(columns)
    )


def _judge(loader: Loader) -> sql.Composed:
    """One statement that takes the repeats and the refused rows out of the staging table and says which they were."""
    rules = _rules(loader)
    whens = [
        sql.SQL("WHEN {} THEN {}").format(sql.SQL(rule.refused_when), sql.Literal(place))
        for place, rule in enumerate(rules)
    ]
    values = [
        sql.SQL("WHEN {} THEN this.{}::text").format(sql.Literal(place), sql.Identifier(rule.column))
        for place, rule in enumerate(rules)
    ]
    return sql.SQL(
        """
        WITH judged AS MATERIALIZED (
            SELECT this.line, CASE WHEN {repeated} THEN -1 {whens} END AS verdict
              FROM (SELECT *, row_number() OVER (PARTITION BY {once} ORDER BY line) AS occurrence FROM {staging}) this
              {joins}
        ), gone AS (
            DELETE FROM {staging} this USING judged
             WHERE judged.verdict IS NOT NULL AND judged.line = this.line
            RETURNING this.line, judged.verdict, CASE judged.verdict {values} END AS value
        )
        SELECT line, verdict, value FROM gone WHERE verdict >= 0
        UNION ALL
        SELECT NULL, count(*), NULL FROM gone WHERE verdict = -1
        """
    ).format(
        repeated=sql.SQL(loader.repeated_when),
        whens=sql.SQL(" ").join(whens),
        staging=sql.Identifier(loader.spec.staging),
        joins=sql.SQL(loader.joins),
        values=sql.SQL(" ").join(values),
        once=sql.SQL(", ").join(map(sql.Identifier, loader.once)),
    )


def _rules(loader: Loader) -> tuple[Rule, ...]:
    """The rules of a file, with the one that every file has: a row's key stands in it once."""
    doubled = Rule(loader.once[0], "this.occurrence > 1", "stands in the file twice; only the first row counts")
    return (doubled, *loader.rules)
