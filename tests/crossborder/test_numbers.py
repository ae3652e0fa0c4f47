"""Account numbers and banks abroad, judged right on real examples, and said so that a person finds the fault."""

import json
from pathlib import Path

import pytest

from payments.crossborder import countries, ibans, sentences
from payments.crossborder.ibans import Fault, NumberRefused


def fault(text: str, country: str) -> NumberRefused:
    with pytest.raises(NumberRefused) as refused:
        ibans.iban(text, country=country)
    return refused.value


def test_every_real_iban_is_judged_right(real_data: Path) -> None:
    data = json.loads((real_data / "iban_id" / "iban.json").read_text())
    for number in data["valid"]:
        typed = ibans.grouped(number).lower()
        assert ibans.iban(typed, country=number[:2]) == number
    for row in data["invalid"]:
        where = row["iban"][:2] if countries.known(row["iban"][:2]) else "DE"
        assert fault(row["iban"], where), row
    assert (len(data["valid"]), len(data["invalid"])) == (77, 16)


def test_every_country_has_the_length_of_the_registry(real_data: Path) -> None:
    specs = json.loads((real_data / "iban_id" / "iban.json").read_text())["country_specs"]
    assert {code: ibans.length_of(code) for code in specs} == {
        code: spec["iban_length"] for code, spec in specs.items()
    }


def test_every_real_bic_is_judged_right(real_data: Path) -> None:
    data = json.loads((real_data / "iban_id" / "bic.json").read_text())
    assert [ibans.bank(code).bic for code in data["valid"]] == data["valid"]
    for row in data["invalid"]:
        with pytest.raises(NumberRefused):
            ibans.bank(row["bic"])


@pytest.mark.parametrize(
    ("typed", "country", "what", "said"),
    [
        ("DE89370400440532013", "DE", Fault.LENGTH, "An IBAN of Germany has 22 characters, this one has 19"),
        ("DE8937O400440532013000", "DE", Fault.KIND, "Group 2, “37O4”"),
        ("DE89374000440532013000", "DE", Fault.SWAPPED, "in or next to group 2, “3740”"),
        ("DE88370400440532013000", "DE", Fault.CHECK, "“88”"),
        ("ES2121000418450200051331", "ES", Fault.NATIONAL, "Spain"),
        ("FR1420041010050500013M02606", "DE", Fault.COUNTRY, "begins with FR; one of Germany begins with DE"),
        ("DE89 3704 0044 0532 0130 0é", "DE", Fault.CHARACTERS, "0É"),
        (" - ", "DE", Fault.EMPTY, "Enter the IBAN"),
    ],
)
def test_what_is_wrong_is_said_with_its_place(typed: str, country: str, what: Fault, said: str) -> None:
    refusal = fault(typed, country)
    assert refusal.fault is what
    assert said in sentences.of_number(refusal, where=country)


def test_a_bank_of_this_country_or_of_another_than_chosen_is_none_abroad() -> None:
    for code, country, what in (("ICBKCNBJ", "", Fault.DOMESTIC), ("CHASUS33", "DE", Fault.COUNTRY)):
        with pytest.raises(NumberRefused) as refused:
            ibans.bank(code, country=country)
        assert refused.value.fault is what
    assert ibans.bank("chasus33", country="US").country == "US"
    assert ibans.bank_of("DE89370400440532013000") is not None


def test_countries_are_named_in_both_languages_and_home_is_none_of_them() -> None:
    english, chinese = dict(countries.choices("en")), dict(countries.choices("zh-hans"))
    assert english.keys() == chinese.keys()
    assert (english["DE"], chinese["DE"]) == ("Germany (DE)", "德国 (DE)")
    assert (english["TW"], chinese["TW"]) == ("Taiwan, China (TW)", "中国台湾 (TW)")
    assert "CN" not in english
    assert not countries.known("CN")
    assert len(english) == 248
