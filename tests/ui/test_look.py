"""A look is what is on offer and nothing else; its cookie says it and cannot say more."""

import pytest

from core.ui import look as looks
from core.ui.look import Look
from core.ui.styleguide import look_of, looks_to_try


@pytest.mark.parametrize(
    "look",
    [
        Look(),
        Look(mode="dark", colour="plum", size=200, simple=True),
        Look(mode="light", colour="contrast"),
    ],
)
def test_a_cookie_keeps_a_look_and_what_was_chosen(look):
    for chosen in (frozenset(), frozenset({"mode"}), frozenset({"simple", "language"})):
        text = looks.write(look, chosen)
        assert looks.read(text) == (look, chosen)
        assert not set(text) - set("abcdefghijklmnopqrstuvwxyz0123456789-.+")


def test_covered_amounts_stay_out_of_the_cookie():
    assert looks.read(looks.write(Look(covered=True)))[0] == Look()


def test_a_plain_look_writes_nothing_and_a_chosen_one_its_attributes():
    assert looks.attributes(Look()) == ""
    assert looks.attributes(Look("dark", "indigo", 150, True, True)) == (
        ' data-theme="dark" data-colour="indigo" data-size="150" data-simple'
        ' data-amounts="hidden" data-amounts-default="hidden"'
    )


@pytest.mark.parametrize("text", ["", "-", "mode", "mode-", "size-", "size-x", "colour-../x", "chosen-++", "a" * 9000])
def test_a_cookie_that_means_nothing_is_the_plain_look(text):
    assert looks.read(text) == (Look(), frozenset())


def test_the_style_guide_shows_every_look_there_is():
    rows = dict(looks_to_try(Look()))
    assert sum(len(ways) for ways in rows.values()) == len(looks.COLOURS) + 3 + len(looks.SIZES) + 2
    assert look_of({"simple": "on", "colour": "plum", "size": "200", "mode": "dark"}, Look()) == Look(
        mode="dark", colour="plum", size=200, simple=True
    )
    assert look_of({"size": "²", "colour": "x", "mode": "system", "simple": "?"}, Look(mode="dark")) == Look()
