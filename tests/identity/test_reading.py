"""The print on photos: what is read, what is not, and what is made of either."""

import io
import subprocess
import sys
from datetime import date, datetime
from typing import Any

import pytest
from django.conf import settings
from PIL import Image, ImageFilter

from accounts.identity import demo, reading
from accounts.identity.reading import CouldNotRead, Line, Says, Typed
from accounts.models import Customer
from core.outbox import relay
from core.reviews.models import Case
from tests.factories import identity as make

PERSON = make.PERSON
TYPED = Typed("resident_id", PERSON.name, PERSON.number, PERSON.born_on, PERSON.expires_on)
SURE = 0.99
FRONT = [
    Line("姓名", SURE, (189, 197, 279, 237)),
    Line(PERSON.name, SURE, (298, 186, 424, 237)),
    Line("1994年5月18日", SURE),
    Line(f"{PERSON.number[:6]} {PERSON.number[6:12]} {PERSON.number[12:]}", SURE),
]
BACK = [Line("有效期限 2020.06.01-2040.06.01", SURE)]


def said(front: list[Line] = FRONT, back: list[Line] = BACK, typed: Typed = TYPED) -> dict[str, Says]:
    found = reading.compare(typed, {"front": front, "back": back}, least=0.85)
    return {verdict.field: verdict.says for verdict in found}


@pytest.fixture
def real_reader(settings: Any) -> None:
    settings.IDENTITY_READER = "accounts.identity.reading.with_rapidocr"


def test_a_drawn_card_is_read_whole_without_a_network_in_a_process_that_ends() -> None:
    photos = make.photos_of(PERSON).by_side()
    lines = reading.with_rapidocr({side: photos[side] for side in ("front", "back")})
    verdicts = reading.compare(TYPED, lines, least=0.85)
    assert {verdict.field: verdict.says for verdict in verdicts} == dict.fromkeys(
        ("number", "name", "born_on", "expires_on"), Says.AGREES
    )
    assert min(verdict.score for verdict in verdicts) >= 0.9
    assert PERSON.number not in str(verdicts)  # covered in the evidence
    assert not {"rapidocr", "onnxruntime"} & set(sys.modules)  # nothing of it came into this process


def test_a_card_of_somebody_else_and_a_blurred_one_are_told_apart() -> None:
    other = demo.sample_person(name="陈大海", serial=9, born_on=date(1980, 3, 7))
    picture = Image.open(io.BytesIO(make.photos_of(PERSON).front)).filter(ImageFilter.GaussianBlur(14))
    blurred = io.BytesIO()
    picture.save(blurred, "JPEG")
    lines = reading.with_rapidocr({"front": make.photos_of(other).front, "back": blurred.getvalue()})
    assert said(list(lines["front"]), [])["number"] is Says.DIFFERS
    assert said(list(lines["front"]), [])["name"] is Says.DIFFERS
    assert set(said(list(lines["back"]), []).values()) == {Says.UNREAD}


def test_everything_read_agrees() -> None:
    assert set(said().values()) == {Says.AGREES}


@pytest.mark.parametrize("place", range(4))
def test_what_the_reader_is_not_sure_of_is_not_read(place: int) -> None:
    lines = [Line(line.text, 0.84 if n == place else SURE, line.box) for n, line in enumerate(FRONT)]
    expected = {0: "", 1: "name", 2: "born_on", 3: "number"}[place]
    unread = {field for field, says in said(lines).items() if says is Says.UNREAD}
    assert unread == ({expected} if expected else set())
    assert Says.DIFFERS not in said(lines).values()


def test_a_misread_number_is_not_held_against_anybody() -> None:
    misread = PERSON.number[:16] + ("1" if PERSON.number[16] != "1" else "7") + PERSON.number[17]
    assert said([*FRONT[:3], Line(misread, SURE)])["number"] is Says.UNREAD  # its check character disagrees
    other = demo.sample_person(serial=7).number
    assert said([*FRONT[:3], Line(other, SURE)])["number"] is Says.DIFFERS


def test_rare_characters_the_models_do_not_know_are_unread_not_wrong() -> None:
    typed = Typed("resident_id", "林𬎆", PERSON.number, PERSON.born_on, PERSON.expires_on)
    without_label = FRONT[2:]
    assert said(without_label, typed=typed)["name"] is Says.UNREAD


@pytest.mark.parametrize(
    ("back", "says"),
    [
        ([Line("有效期限 2020.06.01-2039.06.01", SURE)], Says.DIFFERS),
        ([Line("有效期限 2020.06.01", SURE)], Says.UNREAD),
        ([], Says.UNREAD),
    ],
)
def test_the_expiry_date_is_the_second_of_two(back: list[Line], says: Says) -> None:
    assert said(back=back)["expires_on"] is says


def sent(customer: Customer, now: datetime) -> Any:
    relay.drain(now=now)
    return Case.objects.get().checks.get(name="reading")


@pytest.mark.django_db
@pytest.mark.parametrize("why", ["missing", "failed", "timeout"])
def test_a_reader_that_is_absent_or_fails_could_not_run_and_never_passes(
    why: str, customer: Customer, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fails(_photos: object) -> None:
        raise CouldNotRead(why)

    make.send(customer, now=now)
    monkeypatch.setattr(make, "read_sample", fails)
    check = sent(customer, now)
    assert (check.outcome, check.evidence) == ("could_not_run", {"why": why})
    assert "not read by machine" in check.sentences["en"]
    assert "reading" in Case.objects.get().frozen_rule.why  # two people look


def test_a_broken_process_is_named_and_nothing_is_made_up(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(CouldNotRead, match="failed"):
        reading.with_rapidocr({"front": b"\xff\xd8\xff no picture"})

    def answers(code: int, out: bytes, err: bytes) -> Any:
        return lambda *_a, **_k: subprocess.CompletedProcess([], code, out, err)

    for run, word in (
        (answers(1, b"", b"ModuleNotFoundError: No module named 'rapidocr'"), "missing"),
        (answers(0, b"not json", b""), "answer"),
        (answers(-9, b"{}", b""), "failed"),
    ):
        monkeypatch.setattr(reading.subprocess, "run", run)
        with pytest.raises(CouldNotRead, match=word):
            reading.with_rapidocr({"front": b""})


def test_the_process_is_started_without_a_shell_and_without_the_banks_secrets(monkeypatch: pytest.MonkeyPatch) -> None:
    started: dict[str, Any] = {}

    def run(command: list[str], **how: Any) -> Any:
        started.update(how, command=command)
        return subprocess.CompletedProcess(command, 0, b"{}", b"")

    monkeypatch.setattr(reading.subprocess, "run", run)
    assert reading.with_rapidocr({"front": b"x"}) == {}
    assert started["command"][:2] == [sys.executable, "-I"]
    assert not started.get("shell")
    assert set(started["env"]) == {
        "PATH", "HOME", "TMPDIR", "ORT_DISABLE_TELEMETRY", "OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS",
    }  # fmt: skip


@pytest.mark.django_db
def test_what_differs_is_said_in_both_languages_and_two_people_look(customer: Customer, now: datetime) -> None:
    make.send(customer, now=now)
    make.print_card(PERSON.name, PERSON.number, PERSON.born_on, date(2031, 1, 1))
    check = sent(customer, now)
    assert check.outcome == "warn"
    assert "expiry date" in check.sentences["en"]
    assert set(check.sentences) == {code for code, _name in settings.LANGUAGES}
    assert check.evidence["number"]["says"] == "agrees"
    assert PERSON.number not in str(check.evidence)


def test_web_processes_load_nothing_of_the_reader() -> None:
    code = (
        "import django, sys; django.setup(); from django.urls import get_resolver; get_resolver().url_patterns;"
        "import portal.wsgi;"
        "print(sorted({'rapidocr', 'onnxruntime', 'cv2', 'numpy', 'pypinyin'} & set(sys.modules)))"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=settings.BASE_DIR
    )
    assert done.stdout.strip() == "[]"


@pytest.mark.django_db
def test_the_real_reader_puts_a_passing_check_on_the_desk(real_reader: None, customer: Customer, now: datetime) -> None:
    make.send(customer, now=now)
    check = sent(customer, now)
    assert check.outcome == "pass", check.sentences
