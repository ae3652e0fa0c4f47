"""Anchors leave the machine: whoever rewrites chain and anchors here is found out by what lies elsewhere."""

import json
import shutil
import socket
from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.test import Client
from django.urls import reverse

from core import audit, outgoing
from core.audit import anchors, checks, sealing, shipping, tasks, verification
from core.audit.models import Proof, Shipment
from tests.factories import identity as desk

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.as_owner]


@pytest.fixture(autouse=True)
def elsewhere(settings, tmp_path):
    """An empty trail, this machine's folder, and a folder of another machine."""
    with connection.cursor() as cursor:
        cursor.execute("TRUNCATE audit_row, audit_seal, audit_pending")
    settings.DATA_DIR, found = tmp_path / "here", tmp_path / "elsewhere"
    found.mkdir()
    settings.AUDIT_SINKS = [f"file://{found}"]
    return found


def acts(number, *, now):
    with transaction.atomic():
        for place in range(number):
            audit.record(act="test.done", subject=f"thing:{place}", now=now)
    while sealing.seal_waiting():
        pass


def test_every_anchor_leaves_once_and_in_time(elsewhere, now):
    acts(3, now=now)
    sealing.keep_anchor(now=now)
    assert shipping.ship(now=now) == 1
    assert shipping.ship(now=now) == 0
    acts(2, now=now)
    later = now + anchors.EVERY
    sealing.keep_anchor(now=later)
    assert shipping.ship(now=later) == 1
    assert [json.loads(line)["position"] for path in elsewhere.iterdir() for line in path.open()] == [3, 5]
    assert anchors.EVERY + timedelta(seconds=60) < shipping.LATE


def test_whoever_cuts_the_end_and_rewrites_what_lies_here_is_found_out_by_what_left(now):
    acts(6, now=now)
    sealing.keep_anchor(now=now)
    shipping.ship(now=now)
    with transaction.atomic(), connection.cursor() as cursor:
        for table in ("audit_row", "audit_seal"):
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER USER")
            cursor.execute(f"TRUNCATE {table}")
            cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER USER")
    shutil.rmtree(anchors.folder())
    acts(6, now=now)  # the chain is made anew, and an anchor for it
    sealing.keep_anchor(now=now)
    report = verification.verify()
    assert [finding.kind for finding in report.findings] == ["anchor"]
    assert "elsewhere" in report.findings[0].sentence


def test_a_way_that_fails_is_named_tried_again_and_keeps_nobody_waiting(settings, elsewhere, now, monkeypatch):
    settings.AUDIT_SINKS = ["https://notary.example/anchors", *settings.AUDIT_SINKS]

    def away(*_args, **_more):
        raise outgoing.Failed("no route")

    monkeypatch.setattr(outgoing, "post_json", away)
    acts(1, now=now)
    sealing.keep_anchor(now=now)
    assert shipping.ship(now=now) == 1
    assert list(elsewhere.iterdir())
    web, folder = shipping.standing(now=now + timedelta(minutes=11)).ways
    assert web.late
    assert "no route" in web.error
    assert (folder.late, folder.error) == (False, "")
    sent = []

    monkeypatch.setattr(outgoing, "post_json", lambda _address, content, seconds: sent.append(content))
    assert tasks.ship() == 1
    assert sent[0]["position"] == 1
    assert Shipment.objects.get(sink__startswith="https").error == ""


def test_a_folder_that_is_not_mounted_takes_nothing(elsewhere, now):
    elsewhere.rmdir()
    acts(1, now=now)
    sealing.keep_anchor(now=now)
    assert shipping.ship(now=now) == 0
    assert not elsewhere.exists()
    assert Shipment.objects.get().error


def test_syslog_and_letters_carry_the_line(settings, now, mailoutbox):
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as collector:
        collector.bind(("127.0.0.1", 0))
        collector.settimeout(5)
        settings.AUDIT_SINKS = [f"syslog://127.0.0.1:{collector.getsockname()[1]}", "mailto:anchors@example.com"]
        acts(2, now=now)
        anchor = sealing.keep_anchor(now=now)
        assert shipping.ship(now=now) == 2
        heard = collector.recv(2000).decode()
    assert anchor is not None
    assert heard.startswith("<109>1 ")
    assert anchor.digest in heard
    assert anchor.digest in mailoutbox[0].body


def test_an_address_that_names_no_sink_and_no_sink_at_all_are_said_before_the_portal_runs(settings):
    settings.AUDIT_SINKS = ["ftp://example.com"]
    assert [found.id for found in checks.sinks_are_known()] == ["audit.E002"]
    settings.AUDIT_SINKS = []
    assert [found.id for found in checks.anchors_leave_the_machine()] == ["audit.W001"]


def test_the_operations_page_shows_how_old_the_last_proof_and_each_way_out_are(now):
    acts(4, now=now)
    assert tasks.prove() == 0
    client = desk.enter(Client(headers={"accept-language": "en"}), desk.make_staff("a@example.com", "administrator"))
    page = client.get(reverse("operations")).content.decode()
    assert "Agrees" in page
    assert "In order" in page
    assert (
        desk.enter(Client(), desk.make_staff("t@example.com", "teller")).get(reverse("operations")).status_code == 404
    )
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("ALTER TABLE audit_row DISABLE TRIGGER USER")
        cursor.execute("UPDATE audit_row SET reason = 'another' WHERE id = (SELECT min(id) FROM audit_row)")
        cursor.execute("ALTER TABLE audit_row ENABLE TRIGGER USER")
    assert tasks.prove() == 1
    assert Proof.objects.count() == 2
    assert "Does not agree" in client.get(reverse("operations")).content.decode()
