"""The chain shows what somebody with every right in the database has done to the trail."""

import json
import threading

import pytest
from django.core.management import call_command
from django.db import connection, transaction

from core import audit
from core.audit import anchors, sealing, tasks, verification
from core.audit.models import Pending, Seal

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.as_owner]


@pytest.fixture(autouse=True)
def folder(settings, tmp_path):
    """An empty trail (loading the policy figures has left rows), and a folder for its anchors."""
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE audit_row, audit_seal, audit_pending")
    settings.DATA_DIR = tmp_path
    return tmp_path


@pytest.fixture
def sealed_rows(now):
    """Ten rows in the chain; answers their ids."""
    with transaction.atomic():
        ids = [
            audit.record(act="test.done", subject=f"thing:{n}", after={"n": n, "rate": 1.10}, now=now)
            for n in range(10)
        ]
    assert tasks.seal() == 10
    return ids


@pytest.fixture
def damage():
    """Run statements as somebody whom no trigger stops."""

    def run(*statements):
        with transaction.atomic(), connection.cursor() as cursor:
            for table in ("audit_row", "audit_seal"):
                cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
            for statement in statements:
                cursor.execute(statement)
                assert cursor.rowcount > 0
            for table in ("audit_row", "audit_seal"):
                cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")

    return run


def test_an_untouched_trail_agrees(sealed_rows):
    report = verification.verify()
    assert (report.ok, report.sealed, report.unsealed, report.anchors) == (True, 10, 0, 1)


@pytest.mark.parametrize(
    "assignment",
    [
        "reason = 'because'", "act = 'test.undone'", "actor_label = 'somebody else'", "actor_id = 7", "after = NULL",
        "before = 'null'", "ip = '::1'", "acted_at = acted_at + interval '1 microsecond'", "reference = 'AAAA-AAAA'",
        "recorded_at = recorded_at + interval '1 second'", "subject = 'thing:44', act = ''",
    ],
)  # fmt: skip
def test_a_changed_row_is_named(sealed_rows, damage, assignment):
    damage(f"UPDATE audit_row SET {assignment} WHERE id = {sealed_rows[4]}")
    report = verification.verify()
    assert [(f.kind, f.position, f.row) for f in report.findings] == [("changed", 5, sealed_rows[4])]


def test_moving_text_from_one_column_into_the_next_is_seen(sealed_rows, damage):
    damage(f"UPDATE audit_row SET act = act || subject, subject = '' WHERE id = {sealed_rows[4]}")
    assert verification.verify().findings[0].kind == "changed"


def test_a_removed_row_is_named(sealed_rows, damage):
    damage(f"DELETE FROM audit_row WHERE id = {sealed_rows[4]}")
    finding = verification.verify().findings[0]
    assert (finding.kind, finding.position, finding.row) == ("removed", 5, sealed_rows[4])


def test_a_row_removed_together_with_its_seal_is_named(sealed_rows, damage):
    row = sealed_rows[4]
    damage(f"DELETE FROM audit_row WHERE id = {row}", f"DELETE FROM audit_seal WHERE row_id = {row}")
    finding = verification.verify().findings[0]
    assert (finding.kind, finding.position) == ("removed", 5)


def test_closing_the_gap_after_a_removal_does_not_help(sealed_rows, damage):
    row = sealed_rows[4]
    damage(
        f"DELETE FROM audit_row WHERE id = {row}",
        f"DELETE FROM audit_seal WHERE row_id = {row}",
        "UPDATE audit_seal SET position = position + 1000 WHERE position > 5",
        "UPDATE audit_seal SET position = position - 1001 WHERE position > 1000",
    )
    assert verification.verify().findings[0].kind == "reordered"


def test_rows_that_changed_places_are_named(sealed_rows, damage):
    damage(
        "UPDATE audit_seal SET position = -3 WHERE position = 3",
        "UPDATE audit_seal SET position = 3 WHERE position = 6",
        "UPDATE audit_seal SET position = 6 WHERE position = -3",
    )
    finding = verification.verify().findings[0]
    assert (finding.kind, finding.position) == ("reordered", 3)


def test_a_row_put_in_past_the_sealer_is_named(sealed_rows, damage):
    damage(
        """INSERT INTO audit_row (act, subject, actor_label, reason, reference, acted_at)
           VALUES ('test.forged', 'thing:1', 'nobody', '', '', now())"""
    )
    report = verification.verify()
    assert [f.kind for f in report.findings] == ["inserted"]
    assert report.findings[0].row > max(sealed_rows)


def test_a_forged_seal_is_named(sealed_rows, damage):
    damage(
        """WITH forged AS (
               INSERT INTO audit_row (act, subject, actor_label, reason, reference, acted_at)
               VALUES ('test.forged', 'thing:1', 'nobody', '', '', now()) RETURNING id)
           INSERT INTO audit_seal (position, row_id, row_digest, digest)
           SELECT 11, forged.id, row_digest, digest FROM forged, audit_seal WHERE position = 10"""
    )
    finding = verification.verify().findings[0]
    assert (finding.kind, finding.position) == ("changed", 11)


def test_a_cut_off_end_shows_against_the_anchor(sealed_rows, damage):
    damage("DELETE FROM audit_row WHERE id > 0", "DELETE FROM audit_seal WHERE position > 0")
    findings = verification.verify().findings
    assert [(f.kind, f.position) for f in findings] == [("cut", 10)]


def test_a_chain_begun_anew_after_the_cut_differs_from_the_anchor(sealed_rows, damage, now):
    damage("DELETE FROM audit_row WHERE id > 0", "DELETE FROM audit_seal WHERE position > 0")
    with transaction.atomic():
        for n in range(10):
            audit.record(act="test.invented", subject=f"thing:{n}", now=now)
    tasks.seal()
    assert [(f.kind, f.position) for f in verification.verify().findings] == [("anchor", 10)]


def test_a_row_removed_while_it_waits_is_named(damage, now):
    with transaction.atomic():
        row = audit.record(act="test.done", subject="thing:1", now=now)
    damage(f"DELETE FROM audit_row WHERE id = {row}")
    assert [(f.kind, f.row) for f in verification.verify().findings] == [("removed", row)]


def test_the_command_names_the_fault_and_fails(sealed_rows, damage, capsys):
    call_command("check_audit")
    assert "agrees" in capsys.readouterr().out
    damage(f"UPDATE audit_row SET reason = 'because' WHERE id = {sealed_rows[0]}")
    with pytest.raises(SystemExit) as stopped:
        call_command("check_audit", "--json")
    assert stopped.value.code == 1
    said = json.loads(capsys.readouterr().out)
    assert said["ok"] is False
    assert said["findings"][0]["row"] == sealed_rows[0]


def test_an_anchor_line_that_somebody_edited_is_reported(sealed_rows, folder):
    path = next((folder / "anchors").iterdir())
    path.write_text(path.read_text() + "not ours\n")
    assert [f.kind for f in verification.verify().findings] == ["anchor"]


def test_anchors_are_written_at_intervals_and_only_when_the_chain_has_grown(sealed_rows, now, folder):
    written = list(anchors.all_anchors())
    assert len(written) == 1
    later = written[0].at + 2 * anchors.EVERY
    assert sealing.keep_anchor(now=later) is None
    with transaction.atomic():
        audit.record(act="test.done", subject="thing:1", now=now)
    sealing.seal_waiting()
    assert sealing.keep_anchor(now=written[0].at + anchors.EVERY / 2) is None
    anchor = sealing.keep_anchor(now=later)
    assert (anchor.position, anchor.digest) == (11, bytes(Seal.objects.get(position=11).digest).hex())


@pytest.mark.race
def test_a_row_whose_transaction_ends_late_is_sealed_later_and_none_is_left_out(now):
    started, finish = threading.Event(), threading.Event()

    def slow():
        try:
            with transaction.atomic():
                audit.record(act="test.slow", subject="thing:slow", now=now)
                started.set()
                assert finish.wait(20)
        finally:
            connection.close()

    thread = threading.Thread(target=slow)
    thread.start()
    assert started.wait(20)
    with transaction.atomic():
        quick = audit.record(act="test.quick", subject="thing:quick", now=now)
    assert sealing.seal_waiting() == 1  # the quick one, although its number is higher
    finish.set()
    thread.join()
    assert sealing.seal_waiting() == 1
    assert Seal.objects.get(position=1).row_id == quick
    assert not Pending.objects.exists()
    assert verification.verify().ok


@pytest.mark.race
def test_many_writers_and_two_sealers_make_one_chain_without_gaps(now):
    stop, done = threading.Event(), []

    def work(job):
        def run():
            try:
                job()
                done.append(job)
            finally:
                connection.close()

        return threading.Thread(target=run)

    def write():
        for n in range(40):
            with transaction.atomic():
                audit.record(act="test.done", subject=f"thing:{n}", now=now)

    def seal():
        while not stop.is_set():
            sealing.seal_waiting(at_most=7)

    writers, sealers = [work(write) for _ in range(4)], [work(seal) for _ in range(2)]
    for thread in writers + sealers:
        thread.start()
    for thread in writers:
        thread.join()
    stop.set()
    for thread in sealers:
        thread.join()
    while sealing.seal_waiting():
        pass
    report = verification.verify()
    assert (len(done), report.ok, report.sealed, report.unsealed) == (6, True, 160, 0)
