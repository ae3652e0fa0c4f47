"""The watch list, people who look alike, and the rating: evidence for people, silence towards customers."""

from datetime import date, datetime
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse

from accounts.identity import lookalikes, risk, screening, watchlist
from accounts.identity.models import Verification, WatchEntry, WatchList
from accounts.identity.personal import personal_data
from accounts.identity.screening import Entry
from accounts.identity.subject import IdentityCheck
from accounts.inbox.models import Notice
from accounts.models import Customer, User
from core.audit.models import Row
from core.outbox import relay
from core.reviews.models import Case
from tests.factories import identity as make

LISTED = "UN-7,林晓禾;Lin Xiaohe,1994,secret-reason"


def hits(name: str, year: int | None = None, *, listed: tuple[str, ...], years: tuple[int, ...] = ()) -> list[int]:
    entries = [Entry("E", listed, years)]
    found = screening.screen(name=name, birth_year=year, entries=entries, least_score=86, years_apart=2)
    return [hit.score for hit in found]


@pytest.mark.parametrize(
    ("name", "listed", "found"),
    [
        ("林晓禾", "林晓禾", True),
        ("林晓禾", "Lin Xiaohe", True),
        ("林晓禾", "XIAO HE LIN", True),
        ("林晓禾", "LIN, Xiao-He", True),
        ("林晓和", "林晓禾", True),  # sounds alike
        ("Osama bin Ladin", "Usama Bin Laden", True),
        ("Mohammed Ali Hassan", "Mohamed Ali Hassan", True),
        ("José Pérez", "Jose Perez", True),
        ("阿卜杜拉•买买提", "阿卜杜拉·买买提", True),
        ("王芳", "李娜", False),
        ("王伟", "王薇薇", False),
        ("John Smith", "Jane Doe", False),
    ],
)
def test_names_are_found_however_they_are_spelled(name: str, listed: str, found: bool) -> None:
    assert bool(hits(name, listed=(listed,))) is found


def test_other_characters_that_sound_alike_count_as_near_not_as_the_same() -> None:
    assert hits("林晓和", listed=("林晓禾",)) == [screening.SOUNDS_ALIKE]
    assert hits("林晓禾", listed=("林晓禾",)) == [100]


@pytest.mark.parametrize(("year", "found"), [(1994, True), (1996, True), (1992, True), (1997, False), (None, True)])
def test_a_year_of_birth_far_off_rules_an_entry_out(year: int | None, found: bool) -> None:
    assert bool(hits("林晓禾", year, listed=("林晓禾",), years=(1994,))) is found


def test_every_name_of_an_entry_is_looked_at() -> None:
    assert hits("林晓禾", listed=("Somebody Else", "Lin Xiaohe")) == [100]


BROKEN = {
    "empty": (b"", "first line"),
    "only a head": (b"reference,names,birth_years,note\n", "no entries"),
    "another head": (b"name,ref\nx,y\n", "first line"),
    "no UTF-8": ("reference,names,birth_years,note\nA,林,,\n".encode("gb18030"), "UTF-8"),
    "a column short": (b"reference,names,birth_years,note\nA,Lin,1990\n", "line 2"),
    "a column more": (b"reference,names,birth_years,note\nA,Lin,1990,x,y\n", "line 2"),
    "no name": (b"reference,names,birth_years,note\nA,Lin,,\nB, ; ,,\n", "line 3"),
    "twice": (b"reference,names,birth_years,note\nA,Lin,,\nA,Li,,\n", "twice"),
    "a wrong year": (b"reference,names,birth_years,note\nA,Lin,199O,\n", "line 2"),
}


@pytest.mark.django_db
@pytest.mark.parametrize("what", BROKEN)
def test_a_broken_list_is_refused_whole_and_the_one_in_force_stays(what: str, tmp_path: Path, now: datetime) -> None:
    make.watch_list(now=now)
    data, says = BROKEN[what]
    file = tmp_path / "list.csv"
    file.write_bytes(data)
    with pytest.raises(CommandError, match=says):
        call_command("load_watch_list", str(file))
    assert WatchList.objects.count() == WatchEntry.objects.count() == 1


@pytest.mark.django_db
def test_an_edition_replaces_the_last_is_audited_and_a_repeat_changes_nothing(tmp_path: Path, now: datetime) -> None:
    make.watch_list(now=now)
    file = tmp_path / "list.csv"
    file.write_text(f"reference,names,birth_years,note\n{LISTED}\n")
    for _time in range(2):
        call_command("load_watch_list", str(file))
    edition = watchlist.in_force()
    assert edition is not None
    assert [entry.reference for entry in watchlist.entries_of(edition)] == ["UN-7"]
    row = Row.objects.filter(act="identity.watch_list_loaded").latest("id")
    assert row.after == {"digest": edition.digest, "entries": 1}
    assert WatchList.objects.count() == 2


def on_desk(customer: Customer, now: datetime, **details: object) -> Case:
    verification = make.send(customer, now=now, **details)
    relay.drain(now=now)
    return Case.objects.get(subject_id=str(verification.public_id))


@pytest.mark.django_db
def test_without_a_list_the_check_could_not_run_and_two_people_look(customer: Customer, now: datetime) -> None:
    make.send(customer, now=now)
    WatchEntry.objects.all().delete()
    WatchList.objects.all().delete()
    relay.drain(now=now)
    case = Case.objects.get()
    check = case.checks.get(name="watch_list")
    assert (check.outcome, check.sentences["en"]) == (
        "could_not_run", "No watch list is loaded: nobody was looked up."
    )  # fmt: skip
    assert case.frozen_rule.approvals == 2


@pytest.mark.django_db
def test_a_hit_is_evidence_declines_nobody_and_the_customer_never_learns_of_it(
    client: Client, customer: Customer, reviewer: User, approver: User, now: datetime
) -> None:
    make.watch_list(LISTED, now=now)
    case = on_desk(customer, now)
    check = case.checks.get(name="watch_list")
    assert check.outcome == "warn"
    assert check.evidence["hits"][0] == {
        "reference": "UN-7", "name": "林晓禾", "score": 100, "year_fits": True, "note": "secret-reason",
    }  # fmt: skip
    assert case.frozen_rule.approvals == 2
    assert Verification.objects.get().risk == "high"
    make.decide_now(case, reviewer, now=now)
    make.decide_now(case, approver, now=now)
    relay.drain(now=now)
    customer.refresh_from_db()
    assert customer.standing == "verified"

    make.enter(client, customer.user)
    pages = [client.get(reverse(name), follow=True) for name in ("identity_status", "identity", "me", "home")]
    told = [page.content.decode() for page in pages]
    told += [str(notice.texts) for notice in Notice.objects.filter(user=customer.user)]
    told += [
        f"{[column.key for column in section.columns]} {[tuple(map(str, row)) for row in section.rows()]}"
        for section in personal_data(customer=customer, language="en")
    ]
    for text in told:
        for word in ("UN-7", "secret-reason", "atch list", "isk", "high", "income_unusual"):
            assert word not in text.split("<main")[-1].replace("Disk", ""), word


@pytest.mark.django_db
def test_people_who_come_close_are_found_and_stand_side_by_side(customer: Customer, now: datetime) -> None:
    other = make.make_customer("other@example.com", now=now)
    twin = make.demo.sample_person(name="林晓和", serial=20, born_on=make.PERSON.born_on)
    on_desk(other, now, person=twin)
    case = on_desk(customer, now)
    check = case.checks.get(name="look_alike")
    assert check.outcome == "warn"
    assert check.evidence["found"][0]["birth"] is True
    assert "林晓和" not in str(check.evidence)
    sections = IdentityCheck().present(case.subject_id, full=True).sections
    rows = dict(sections[-1].rows)
    assert rows["Legal name"] == "林晓和 — here 林晓禾"
    assert "the same" in rows["Date of birth"]
    assert twin.number not in str(rows)
    hidden = IdentityCheck().present(case.subject_id, full=False).sections
    assert len(hidden) == len(sections) - 1  # who does not hold the case sees nothing of the other customer


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("name", "born_on", "address", "found"),
    [
        ("林晓禾", date(1994, 5, 18), "上海市别的路1号", True),
        ("林晓禾", date(1970, 1, 1), "上海市别的路1号", False),  # a namesake
        ("林晓禾", date(1970, 1, 1), "浙江省杭州市西湖区 样本路18号，2单元301室", True),  # in the same home
        ("张三", date(1994, 5, 18), "上海市别的路1号", False),  # born on the same day
    ],
)
def test_who_counts_as_alike(
    name: str, born_on: date, address: str, found: bool, customer: Customer, now: datetime
) -> None:
    other = make.make_customer("other@example.com", now=now)
    person = make.demo.sample_person(name=name, serial=21, born_on=born_on)
    make.send(other, now=now, person=person, address=address)
    mine = make.send(customer, now=now)
    assert bool(lookalikes.search(mine, least_score=85)) is found


POINTS = risk.Points(each=dict.fromkeys(risk.RULES, 10), medium_from=20, high_from=50)
QUIET = risk.Facts(
    listed=False, not_screened=False, look_alike=False, foreign_document=False, occupation="company",
    income="to_300k", document_unread=False,
)  # fmt: skip


def test_a_quiet_application_is_low_and_every_rule_that_holds_adds_its_points() -> None:
    assert risk.rate(QUIET, POINTS) == risk.Rating(risk.Level.LOW, 0, ())
    loud = risk.Facts(
        listed=True, not_screened=True, look_alike=True, foreign_document=True, occupation="student",
        income="over_1m", document_unread=True,
    )  # fmt: skip
    rated = risk.rate(loud, POINTS)
    assert rated.points == 10 * len(rated.reasons) == 70
    assert rated.level is risk.Level.HIGH


@pytest.mark.parametrize(("points", "level"), [(19, "low"), (20, "medium"), (49, "medium"), (50, "high")])
def test_the_thresholds_are_inclusive(points: int, level: str) -> None:
    worth = risk.Points(each={**POINTS.each, "cash_business": points}, medium_from=20, high_from=50)
    facts = risk.Facts(**{**QUIET.__dict__, "occupation": "owner"})
    assert risk.rate(facts, worth).level == level


@pytest.mark.django_db
def test_a_rating_is_kept_with_its_reasons_and_the_edition_of_the_rules(customer: Customer, now: datetime) -> None:
    case = on_desk(customer, now, occupation="owner")
    verification = Verification.objects.get()
    assert (verification.risk, verification.risk_points) == ("low", 10)
    assert (verification.risk_reasons, verification.risk_rules) == (["cash_business"], risk.EDITION)
    assert case.checks.get(name="risk").sentences["en"] == "Low, 10 points. Counted: a business of their own."
