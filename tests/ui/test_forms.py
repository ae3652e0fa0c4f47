"""The base of every form and its fields: sentences, kept input, nothing unreadable."""

from datetime import date

import pytest
from django import forms
from django.template import Context, Template
from django.utils import translation

from core.ui.forms import (
    AccountNumberField,
    AmountField,
    CodeField,
    DateField,
    NameField,
    PortalForm,
    TextField,
)


@pytest.fixture(autouse=True)
def _in_english():
    with translation.override("en"):
        yield


class Order(PortalForm):
    name = NameField(label="Name", help_text="As on the document")
    number = AccountNumberField(label="Account number")
    amount = AmountField(label="Amount")
    day = DateField(label="Day", earliest=date(2000, 1, 1), latest=date(2030, 1, 1))
    code = CodeField(label="Code")
    note = TextField(label="Note", required=False)
    plain = forms.CharField(label="Plain", required=False)
    speed = forms.ChoiceField(label="Speed", choices=[("now", "Now"), ("later", "Later")], widget=forms.RadioSelect)
    agreed = forms.BooleanField(label="Agreed")


GOOD = {
    "name": "王 小明",
    "number": "8810 8898-6217 1518",
    "amount": "１.５万",
    "day": "2026年3月5日",
    "code": "１２３ ４５６",
    "speed": "now",
    "agreed": "on",
}


def draw(source, **context):
    return Template("{% load ui crispy_forms_tags %}" + source).render(Context(context))


def test_what_people_type_becomes_plain_values():
    form = Order(GOOD)
    assert form.is_valid(), form.errors
    assert form.cleaned_data["number"] == "8810889862171518"
    assert form.cleaned_data["amount"] == 1_500_000
    assert form.cleaned_data["day"] == date(2026, 3, 5)
    assert form.cleaned_data["code"] == "123456"


@pytest.mark.parametrize("bad", ["a\x00b", "a\ud800b"])
@pytest.mark.parametrize("name", ["name", "number", "amount", "day", "code", "note", "plain", "speed"])
def test_no_field_takes_characters_that_cannot_be_stored(name, bad):
    form = Order({**GOOD, name: bad})
    assert form.errors[name] == [
        "This contains a character that cannot be stored. Type it again rather than pasting it"
    ]
    assert list(form.errors) == [name]


def test_an_empty_field_names_itself_or_says_its_own_sentence():
    form = Order({})
    assert form.errors["name"] == ["“Name” is still empty"]
    assert form.errors["speed"] == ["Nothing is chosen at “Speed”"]
    assert form.errors["amount"] == ["Enter an amount"]


@pytest.mark.parametrize(
    ("name", "typed", "sentence"),
    [
        ("amount", "-5", "The amount cannot be below zero"),
        ("amount", "0", "The amount must be more than zero"),
        ("amount", "1.234", "CNY has at most 2 decimals"),
        ("amount", "1e5", "Write the amount out in full, for example 100000 instead of 1e5"),
        ("amount", "USD 5", "This amount is in CNY: leave out other currencies"),
        ("amount", "1" + "0" * 18, "The amount is too large: at most 15 digits before the decimals"),
        ("amount", "😀", "Enter the amount in figures, for example 1,234.50"),
        ("number", "12#4", "An account number has only letters and digits"),
        ("number", "123", "The account number is too short: it has at least 4 characters"),
        ("number", "1" * 35, "The account number is too long: it has at most 34 characters"),
        ("code", "12345", "The code has 6 digits"),
        ("code", "12345a", "The code has 6 digits"),
        ("code", "٣٣٣٣٣٣", "The code has 6 digits"),
        ("day", "1999-12-31", "The date is too early: it can be 2000-01-01 at the earliest"),
        ("day", "03/05/2020", "Start with the year, so that day and month cannot be confused, for example 1990-03-05"),
        ("name", "123", "A name has at least one letter or character"),
    ],
)
def test_each_way_of_being_wrong_has_its_sentence(name, typed, sentence):
    form = Order({**GOOD, name: typed})
    assert form.errors == {name: [sentence]}


def test_a_currency_without_decimals_says_so():
    form = Order({**GOOD, "amount": "1.5"})
    form.fields["amount"].in_currency("JPY", 0)
    assert form.errors["amount"] == ["JPY has no decimals: enter a whole number"]


def test_what_was_typed_is_kept_escaped_and_marked():
    form = Order({**GOOD, "amount": '1,5"><script>', "name": "<b>王</b>"})
    html = draw("{% field form.amount %}{% field form.name %}", form=form)
    assert "1,5&quot;&gt;&lt;script&gt;" in html
    assert "<script>" not in html
    assert "<b>" not in html
    assert 'aria-invalid="true"' in html
    assert 'aria-describedby="id_amount_error"' in html


def test_an_initial_amount_is_shown_as_figures():
    assert 'value="1,234.50"' in draw("{% field form.amount %}", form=Order(initial={"amount": 123450}))


def test_fields_never_ask_the_browser_to_judge():
    assert " required" not in draw("{{ form }}", form=Order())


def test_every_way_to_draw_a_form_gives_the_same_fields():
    form = Order({**GOOD, "amount": "-1"})
    by_hand = draw("{% for bound in form %}{% field bound %}{% endfor %}", form=form)
    assert draw("{{ form }}", form=form).split() == by_hand.split()
    assert draw("{{ form|crispy }}", form=form).split() == by_hand.split()
    assert "".join(by_hand.split()) in "".join(draw("{% crispy form %}", form=form).split())


def test_a_crispy_form_is_guarded_like_a_hand_written_one():
    html = draw("{% crispy form %}", form=Order())
    assert "novalidate" in html
    assert "data-once" in html


def test_the_summary_lists_every_error_as_a_link_to_its_field():
    form = Order({**GOOD, "amount": "-1", "speed": ""})
    form.add_error(None, "The payee's account is closed. No money has moved.")
    html = draw("{% error_summary form %}", form=form)
    assert '<a href="#id_amount">The amount cannot be below zero</a>' in html
    assert '<a href="#id_speed_0">' in html
    assert "<li>The payee&#x27;s account is closed. No money has moved.</li>" in html
    assert 'tabindex="-1"' in html


def test_a_form_without_errors_has_no_summary():
    assert draw("{% error_summary form %}", form=Order(GOOD)).strip() == ""
    assert draw("{% error_summary form %}", form=Order()).strip() == ""


def test_a_group_of_choices_is_a_fieldset_with_its_error_told():
    html = draw("{% field form.speed %}", form=Order({**GOOD, "speed": ""}))
    assert '<fieldset aria-describedby="id_speed_error"><legend>Speed' in html
