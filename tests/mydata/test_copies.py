"""Copies of everything about one customer: asked for with a step-up, made by a worker, sealed, deleted after a day."""

import csv
import io
import json
import threading
import zipfile
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from django.conf import settings as portal
from django.db import connection
from django.test import Client
from django.urls import reverse
from pypdf import PdfReader

from accounts.access import stepup
from accounts.inbox.models import Notice
from accounts.mydata import exporting, files, writing
from accounts.mydata.models import Export, ExportFile
from core.audit.models import Row
from core.outbox import relay
from tests.factories import access
from tests.factories import mydata as make
from tests.factories import payments as money

pytestmark = pytest.mark.django_db(transaction=True)
SCHEMA = portal.BASE_DIR / "docs" / "my-data.schema.json"


def content(export: Export, kind: str) -> bytes:
    return files.read(ExportFile.objects.get(export=export, kind=kind).file)


def made(life: make.Life, *, now: datetime, language: str = "en") -> Export:
    export = make.asked(life.customer, language=language, now=now)
    assert exporting.make(public_id=export.public_id, now=now)
    export.refresh_from_db()
    assert export.state == Export.State.READY
    return export


def test_a_copy_holds_what_every_room_keeps_and_follows_its_schema(now: datetime) -> None:
    life = make.lived_in(now=now, memo="Rent for November", phone="138 0001 2345")
    document = json.loads(content(made(life, now=now), "json"))
    jsonschema.validate(document, json.loads(SCHEMA.read_text()))
    sections = {one["key"]: one for group in document["groups"] for one in group["sections"]}
    assert sections["person"]["rows"][0]["legal_name"] == "王小明"
    assert sections["sign_in"]["rows"][0]["phone"] == "138 0001 2345"
    assert sections["transfers"]["rows"][0]["memo"] == "Rent for November"
    assert sections["transfers"]["rows"][0]["amount"] == {"amount": "100.00", "currency": "CNY"}
    assert [row["amount"]["amount"] for row in sections["movements"]["rows"]] == ["-100.00", "5000.00"]
    assert {row["kind"]["code"] for row in sections["second_factors"]["rows"]} == {"totp", "recovery_codes"}
    for group in document["groups"]:
        assert group["purpose"]
        assert group["legal_basis"]
        assert group["kept"]


def test_a_copy_holds_no_secret_and_nothing_of_anybody_else(now: datetime) -> None:
    life = make.lived_in(now=now, phone="138 0001 2345")
    other = make.lived_in(now=now, memo="Somebody else's rent")
    export = made(life, now=now)
    plain = content(export, "json").decode() + "".join(
        page.extract_text() for page in PdfReader(io.BytesIO(content(export, "pdf"))).pages
    )
    assert money.SECRET not in plain
    assert "Somebody else" not in plain
    assert str(other.customer.public_id) not in plain
    user = life.customer.user
    assert user is not None
    assert user.password not in plain
    assert user.phone_index not in plain


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_the_pdf_reads_in_the_persons_language_and_prints_what_was_typed_as_it_was_typed(
    now: datetime, language: str
) -> None:
    life = make.lived_in(now=now, memo='#panic("x") [*a*] 😀')
    export = made(life, now=now, language=language)
    reader = PdfReader(io.BytesIO(content(export, "pdf")))
    text = "".join(page.extract_text() for page in reader.pages)
    assert '#panic("x")' in text
    assert "〔U+1F600〕" in text
    assert reader.trailer["/Root"]["/Lang"] == ("zh" if language == "zh-hans" else "en")
    assert reader.trailer["/Root"]["/MarkInfo"]["/Marked"]


@pytest.mark.parametrize("memo", ['=HYPERLINK("http://x")', "+cmd|calc", "@SUM(A1)", "-1+1", "＝1+1", 'a"b,c'])
def test_a_cell_that_begins_like_a_formula_is_text_and_the_row_stays_whole(now: datetime, memo: str) -> None:
    life = make.lived_in(now=now, memo=memo)
    with zipfile.ZipFile(io.BytesIO(content(made(life, now=now), "tables"))) as archive:
        rows = list(csv.reader(io.StringIO(archive.read("transfers.csv").decode("utf-8-sig"))))
    heading, row = rows
    assert len(row) == len(heading)
    cell = row[heading.index("Memo")]
    assert cell == (memo if memo.startswith("a") else f"'{memo}")


def test_without_an_answered_step_up_nothing_is_made(now: datetime) -> None:
    life = make.lived_in(now=now)
    assert life.customer.user is not None
    question = stepup.start(
        user=life.customer.user, operation=exporting.OPERATION, payload=exporting.shown(life.customer), now=now
    )
    with pytest.raises(stepup.Unanswered):
        exporting.ask(customer=life.customer, language="en", challenge_id=question.id, now=now)
    elsewhere = make.answered(life.customer, "payments.payee", {"x": "y"}, now=now)
    with pytest.raises(stepup.Changed):
        exporting.ask(customer=life.customer, language="en", challenge_id=elsewhere, now=now)
    assert not Export.objects.exists()


def test_the_files_are_sealed_on_disk(now: datetime, tmp_path: Path) -> None:
    life = make.lived_in(now=now, memo="Lantern marker")
    export = made(life, now=now)
    stored = [path.read_bytes() for path in tmp_path.rglob("*") if path.is_file()]
    assert len(stored) == 3
    assert not any(b"Lantern marker" in one or one.startswith((b"%PDF", b"PK", b"{")) for one in stored)
    assert b"Lantern marker" in content(export, "json")


def test_making_a_copy_twice_makes_it_once_and_tells_once(now: datetime, tmp_path: Path) -> None:
    life = make.lived_in(now=now)
    export = made(life, now=now)
    assert exporting.make(public_id=export.public_id, now=now) is False
    assert len([path for path in tmp_path.rglob("*") if path.is_file()]) == 3
    assert Notice.objects.filter(event="security.copy_ready").count() == 1


def test_a_worker_that_dies_half_way_leaves_no_file_behind(
    now: datetime, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    life = make.lived_in(now=now)
    export = make.asked(life.customer, now=now)

    def fails(*_args: Any) -> bool:
        raise RuntimeError("the database went away")

    monkeypatch.setattr(exporting, "_keep", fails)
    with pytest.raises(RuntimeError):
        exporting.make(public_id=export.public_id, now=now)
    assert not [path for path in tmp_path.rglob("*") if path.is_file()]
    monkeypatch.undo()
    assert exporting.make(public_id=export.public_id, now=now)


def test_one_copy_at_a_time_and_three_a_day(now: datetime) -> None:
    life = make.lived_in(now=now)
    first = make.asked(life.customer, now=now)
    assert make.asked(life.customer, now=now).pk == first.pk
    exporting.make(public_id=first.public_id, now=now)
    for _number in range(2):
        exporting.make(public_id=make.asked(life.customer, now=now).public_id, now=now)
    with pytest.raises(exporting.TooMany) as refusal:
        make.asked(life.customer, now=now)
    assert refusal.value.until == now + timedelta(hours=24)
    assert Export.objects.count() == 3
    assert make.asked(life.customer, now=now + timedelta(hours=24)).state == Export.State.WAITING


def test_after_its_time_a_copy_is_gone_from_the_disk_and_from_the_address(now: datetime, tmp_path: Path) -> None:
    life = make.lived_in(now=now)
    export = made(life, now=now)
    later = now + timedelta(hours=24)
    assert exporting.delete_expired(now=later - timedelta(seconds=1)) == 0
    assert exporting.delete_expired(now=later) == 1
    assert exporting.delete_expired(now=later) == 0
    assert not [path for path in tmp_path.rglob("*") if path.is_file()]
    export.refresh_from_db()
    assert export.state == Export.State.EXPIRED


def test_a_download_is_the_owners_alone_and_leaves_an_audit_row(now: datetime, time_machine: Any) -> None:
    time_machine.move_to(now, tick=False)
    life, other = make.lived_in(now=now), make.lived_in(now=now)
    export = made(life, now=now)
    address = reverse("mydata_copy_file", args=[export.public_id, "json"])
    mine, theirs = Client(), Client()
    mine.force_login(life.customer.user)
    theirs.force_login(other.customer.user)
    answer = mine.get(address)
    assert answer.status_code == 200
    assert answer["Content-Disposition"] == 'attachment; filename="my-data.json"'
    assert answer["Cache-Control"].startswith("max-age=0")
    assert Row.objects.filter(act="mydata.copy_downloaded").count() == 1
    absent = reverse("mydata_copy_file", args=["00000000-0000-4000-8000-000000000000", "json"])
    assert theirs.get(address).status_code == theirs.get(absent).status_code == 404
    assert theirs.get(reverse("mydata_copy", args=[export.public_id])).status_code == 404
    assert Row.objects.filter(act="mydata.copy_downloaded").count() == 1
    time_machine.move_to(now + timedelta(hours=24), tick=False)
    mine.force_login(life.customer.user)
    assert mine.get(address).status_code == 404


def test_a_copy_is_taken_at_one_moment_while_money_moves(now: datetime, monkeypatch: pytest.MonkeyPatch) -> None:
    life = make.lived_in(now=now)
    export = make.asked(life.customer, now=now)
    from accounts.mydata import collecting

    original = collecting.rows_in

    def money_moves_after_the_accounts(section: Any, *, language: str) -> Any:
        rows = original(section, language=language)
        if section.key == "accounts":
            thread = threading.Thread(target=_pay_in, args=(life, now))
            thread.start()
            thread.join()
        return rows

    monkeypatch.setattr(collecting, "rows_in", money_moves_after_the_accounts)
    exporting.make(public_id=export.public_id, now=now)
    document = json.loads(content(export, "json"))
    sections = {one["key"]: one for group in document["groups"] for one in group["sections"]}
    booked = sections["accounts"]["rows"][0]["booked"]["amount"]
    assert booked == sections["movements"]["rows"][0]["balance"]["amount"] == "4900.00"


def _pay_in(life: make.Life, now: datetime) -> None:
    money.pay_in(life.pair.source, 1_00, now=now)
    connection.close()


def test_the_pages_lead_from_the_question_to_the_files(now: datetime, time_machine: Any) -> None:
    time_machine.move_to(now, tick=False)
    life = make.lived_in(now=now)
    client = Client(headers={"accept-language": "en"})
    client.force_login(life.customer.user)
    page = client.get(reverse("mydata_copies"))
    challenge = page.context["stepup"].challenge.id
    wrong = {"stepup-challenge": challenge, "stepup-code": access.wrong_code(now, money.SECRET)}
    assert client.post(reverse("mydata_copies"), wrong).status_code == 200
    assert not Export.objects.exists()
    time_machine.move_to(now + timedelta(minutes=5), tick=False)
    page = client.get(reverse("mydata_copies"))
    code = access.app_code(now + timedelta(minutes=5), money.SECRET)
    answer = client.post(
        reverse("mydata_copies"), {"stepup-challenge": page.context["stepup"].challenge.id, "stepup-code": code}
    )
    export = Export.objects.get()
    assert answer["Location"] == reverse("mydata_copy", args=[export.public_id])
    assert client.get(reverse("mydata_copy_state", args=[export.public_id])).json()["state"] == "waiting"
    relay.drain(now=now + timedelta(minutes=5))
    shown = client.get(answer["Location"]).content.decode()
    assert reverse("mydata_copy_file", args=[export.public_id, "pdf"]) in shown


def test_a_long_list_is_cut_in_the_pdf_alone_and_it_says_so(now: datetime) -> None:
    life = make.lived_in(now=now)
    export = make.asked(life.customer, now=now)
    taken = exporting._take(export, now)
    text = "".join(page.extract_text() for page in PdfReader(io.BytesIO(writing.as_pdf(taken, most=1))).pages)
    assert "1 more line is in the files of this copy." in text
    assert len(json.loads(writing.as_json(taken))["groups"]) == len([one for one in writing.GROUPS if one.shown])


def test_a_copy_that_cannot_be_made_is_given_up_so_that_another_can_be_asked_for(now: datetime) -> None:
    life = make.lived_in(now=now)
    export = make.asked(life.customer, now=now)
    assert exporting.give_up(now=now + timedelta(hours=1)) == 0
    assert exporting.give_up(now=now + timedelta(hours=3)) == 1
    export.refresh_from_db()
    assert export.state == Export.State.FAILED
    assert make.asked(life.customer, now=now + timedelta(hours=3)).pk != export.pk
