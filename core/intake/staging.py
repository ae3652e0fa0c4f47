"""The staging table of a file: one batch in a temporary table, judged, so that only its good rows are left."""

from django.db.backends.utils import CursorWrapper
from psycopg import sql

from core.intake.columns import FileSpec
from core.intake.loading import Delivery, Loader, Rule
from core.intake.reading import Batch, Refused, shown


def create(cursor: CursorWrapper, spec: FileSpec) -> None:
    """This function will make the temporary staging table of a file on the cursor's connection, empty."""
    cursor.execute(_created(spec))


def drop(cursor: CursorWrapper, spec: FileSpec) -> None:
    """This function will remove the staging table of a file."""
    cursor.execute(sql.SQL("DROP TABLE {}").format(sql.Identifier(spec.staging)))


def fill(cursor: CursorWrapper, delivery: Delivery, loader: Loader, batch: Batch) -> tuple[int, list[Refused]]:
    """This function will stage a batch and judge it; what stays in the table kept every rule and is new.

    Answers how many rows are there already, and the refused ones with those the reader refused. Needs an open
    transaction.
    """
    cursor.execute("SET LOCAL work_mem = '64MB'; SET LOCAL statement_timeout = 0")
    cursor.execute(sql.SQL("TRUNCATE {}").format(sql.Identifier(loader.spec.staging)))
    with cursor.copy(sql.SQL("COPY {} FROM STDIN").format(sql.Identifier(loader.spec.staging))) as copy:
        copy.write(batch.copy)
    cursor.execute(_judged(loader), delivery.values)
    repeated, refused = 0, list(batch.refused)
    for line, verdict, value in cursor.fetchall():
        if line is None:
            repeated = verdict
        else:
            rule = rules(loader)[verdict]
            refused.append(Refused(line, rule.column, shown(value or ""), rule.reason))
    return repeated, refused


def _created(spec: FileSpec) -> sql.Composed:
    columns: list[sql.Composable] = [sql.SQL("line bigint")]
    columns += [
        sql.SQL("{} {}").format(sql.Identifier(column.name), sql.SQL(column.kind.sql)) for column in spec.columns
    ]
    return sql.SQL("DROP TABLE IF EXISTS {table}; CREATE TEMPORARY TABLE {table} ({columns})").format(
        table=sql.Identifier(spec.staging), columns=sql.SQL(", ").join(columns)
    )


def _judged(loader: Loader) -> sql.Composed:
    """One statement that takes the repeats and the refused rows out of the staging table and says which they were."""
    known = rules(loader)
    whens = [
        sql.SQL("WHEN {} THEN {}").format(sql.SQL(rule.refused_when), sql.Literal(place))
        for place, rule in enumerate(known)
    ]
    values = [
        sql.SQL("WHEN {} THEN this.{}::text").format(sql.Literal(place), sql.Identifier(rule.column))
        for place, rule in enumerate(known)
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


def rules(loader: Loader) -> tuple[Rule, ...]:
    """The rules of a file, with the one that every file has: a row's key stands in it once."""
    doubled = Rule(loader.once[0], "this.occurrence > 1", "stands in the file twice; only the first row counts")
    return (doubled, *loader.rules)
