"""Taking reference rates in: what is nonsense is refused by line, what is known stays, a second start goes on."""

import lzma
import zipfile
from datetime import date
from decimal import Decimal

import pytest
from django.core.management import CommandError, call_command

from payments.exchange import ecb
from payments.exchange.models import Rate
from payments.exchange.services import loading

pytestmark = pytest.mark.django_db

HEAD = "Date,USD,JPY,CNY,TRL,\n"
GOOD = HEAD + "2026-11-20,1.125,168.75,8.1,N/A,\n2026-11-19,1.12,N/A,8.2,100,\n"


def load(tmp_path, text, now, name="rates.csv"):
    path = tmp_path / name
    data = text.encode()
    if name.endswith(".xz"):
        path.write_bytes(lzma.compress(data))
    elif name.endswith(".zip"):
        with zipfile.ZipFile(path, "w") as packed:
            packed.writestr("eurofxref-hist.csv", data)
    else:
        path.write_bytes(data)
    return loading.load(path, source="ecb", now=now)


@pytest.mark.parametrize("name", ["rates.csv", "rates.csv.xz", "rates.zip"])
def test_rates_are_taken_in_exactly_and_what_was_not_quoted_has_none(tmp_path, now, name):
    found = load(tmp_path, GOOD, now, name)
    assert (found.days, found.added, found.refused, found.left_out) == (2, 5, [], {"TRL"})
    kept = {(rate.day, rate.quote): rate.rate for rate in Rate.objects.all()}
    assert kept[date(2026, 11, 20), "JPY"] == Decimal("168.75")
    assert (date(2026, 11, 19), "JPY") not in kept
    assert set(Rate.objects.values_list("source", "base", "loaded_at")) == {("ecb", "EUR", now)}


def test_a_second_start_adds_only_what_is_new_and_nothing_that_is_known_changes(tmp_path, now):
    load(tmp_path, GOOD, now)
    again = load(tmp_path, GOOD.replace("8.1,", "8.3,") + "2026-11-18,1.11,165,8.0,N/A,\n", now)
    assert (again.added, again.known) == (3, 5)
    assert again.refused == ["line 2: CNY of 2026-11-20 is known as 8.1"]
    assert Rate.objects.get(day=date(2026, 11, 20), quote="CNY").rate == Decimal("8.1")


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("2026-11-31,1,1,1,1,", "'2026-11-31' is no day"),
        ("20261120,1,1,1,1,", "'20261120' is no day"),
        ("2026-11-24,1,1,1,1,", "after today"),
        ("1998-12-31,1,1,1,1,", "before the euro"),
        ("2026-11-20,1.1,160,8,N/A,", "stands twice"),
        ("2026-11-18,1.1,160,", "3 rates for 4 currencies"),
        ("2026-11-18,-1.1,160,8,N/A,", "USD: '-1.1' is no rate"),
        ("2026-11-18,0,160,8,N/A,", "USD: '0' is no rate"),
        ("2026-11-18,1e5,160,8,N/A,", "USD: '1e5' is no rate"),
        ("2026-11-18,NaN,160,8,N/A,", "USD: 'NaN' is no rate"),
        ('2026-11-18,"1,1",160,8,N/A,', "USD: '1,1' is no rate"),
        ("2026-11-18,1.1,160,80,N/A,", "looks like a slip"),
    ],
)
def test_nonsense_is_refused_by_line_and_the_rest_is_taken_in(tmp_path, now, line, said):
    found = load(tmp_path, f"{GOOD}{line}\n2026-11-17,1.1,160,8.1,N/A,\n", now)
    assert len(found.refused) == 1, found.refused
    assert said in found.refused[0]
    assert found.refused[0].startswith(("line 4: ", "line 3: "))
    assert Rate.objects.filter(day=date(2026, 11, 17)).count() == 3


@pytest.mark.parametrize("text", ["", "Day,USD\n", "Date\n", "Date,USD,USD\n", "Date,usd\n", "<html>\n"])
def test_a_file_that_is_no_history_is_refused_whole(tmp_path, now, text):
    with pytest.raises(ecb.WrongFile):
        load(tmp_path, text, now)
    assert not Rate.objects.exists()


@pytest.mark.parametrize("name", ["rates.xz", "rates.zip", "rates.pdf"])
def test_a_damaged_or_foreign_file_is_refused(tmp_path, now, name):
    (tmp_path / name).write_bytes(b"\xfd7zXZ\x00 no archive")
    with pytest.raises(ecb.WrongFile):
        loading.load(tmp_path / name, source="ecb", now=now)


@pytest.mark.django_db(transaction=True)
def test_the_command_says_what_it_did_and_fails_where_something_was_refused(tmp_path, now, capsys):
    path = tmp_path / "rates.csv"
    path.write_text(HEAD + "2025-11-20,1.125,168.75,8.1,N/A,\n")
    call_command("load_rates", str(path), "--source", "ecb")
    assert "3 rates of 1 days added" in capsys.readouterr().out
    path.write_text(HEAD + "2025-11-20,1.125,168.75,8.1,N/A,\n2025-11-21,x,1,1,1,\n")
    with pytest.raises(CommandError, match="1 refused"):
        call_command("load_rates", str(path), "--source", "ecb")


def test_the_real_history_is_taken_in_to_the_last_rate(real_data, now):
    path = real_data / "fx_ecb" / "eurofxref-hist.csv.xz"
    if not path.exists():
        pytest.skip("the history of the European Central Bank is not beside this checkout")
    with ecb.opened(path) as text:
        read = [line for line in ecb.lines(text, today=now.date()) if line.day and line.day.year >= 2025]
    assert not [line for line in read if line.wrong]
    found = loading.Loaded()
    loading._add(sorted(read, key=lambda line: line.day), {}, Decimal("0.5"), "ecb", found, now)
    assert found.refused == []
    assert found.newest == date(2026, 10, 30)
    assert Rate.objects.get(day=found.newest, quote="CNY").rate == Decimal("7.4326")
