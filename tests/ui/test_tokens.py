"""Colours: both lists of dark are one list, and every pair the components use can be read."""

import re
from pathlib import Path

import pytest

from core.ui import look as looks

CSS = Path(__file__).resolve().parent.parent.parent / "static" / "css"
TEXT = [
    *((ink, ground) for ink in ("ink", "ink-soft", "brand", "brand-strong", "bad", "good", "credit", "lantern-text")
      for ground in ("surface", "canvas")),
    ("ink", "surface-sunk"), ("ink-soft", "surface-sunk"), ("ink", "brand-soft"), ("brand-strong", "brand-soft"),
    ("ink", "good-soft"), ("good", "good-soft"), ("ink", "bad-soft"), ("bad", "bad-soft"), ("ink", "lantern-soft"),
    ("lantern-text", "lantern-soft"), ("ink-soft", "lantern-soft"), ("on-brand", "brand"), ("on-brand", "brand-strong"),
    ("on-lantern", "lantern"), ("on-bad", "bad"), ("on-night", "night"), ("on-night-soft", "night"),
    ("on-night", "night-raised"),
]  # fmt: skip
SHAPES = [
    ("line-control", "surface"), ("line-control", "canvas"), ("focus", "surface"), ("focus", "canvas"),
    ("lantern", "night"), *((f"chart-{number}", "surface") for number in range(1, 5)),
]  # fmt: skip


def lists():
    css = (CSS / "tokens.css").read_text()
    css = re.sub(r"/\*.*?\*/", "", css, flags=re.S)
    light = re.search(r':root,\s*:root\[data-theme="light"\]\s*{(.*?)}', css, re.S)[1]
    system = re.search(r':root:not\(\[data-theme="light"\]\)\s*{(.*?)}', css, re.S)[1]
    chosen = re.search(r':root\[data-theme="dark"\]\s*{(.*?)}', css, re.S)[1]
    return [dict(re.findall(r"--([a-z0-9-]+):\s*([^;]+);", block)) for block in (light, system, chosen)]


def themes():
    """Every theme a reader may choose, laid over the tokens: {(colour, mode): tokens}."""
    css = re.sub(r"/\*.*?\*/", "", (CSS / "themes.css").read_text(), flags=re.S)
    light, _system, dark = lists()
    found = {}
    for colour in looks.COLOURS:
        own = {}
        for mode, selector in (
            ("light", rf':root:root\[data-colour="{colour}"\],\s*:root \[data-colour="{colour}"\]'),
            ("system", rf':root:not\(\[data-theme="light"\]\)\[data-colour="{colour}"\],\s*'
                       rf':root:not\(\[data-theme="light"\]\) \[data-colour="{colour}"\]'),
            ("dark", rf':root\[data-theme="dark"\]\[data-colour="{colour}"\],\s*'
                     rf':root\[data-theme="dark"\] \[data-colour="{colour}"\]'),
        ):  # fmt: skip
            (block,) = re.findall(selector + r"\s*{(.*?)}", css, re.S)
            own[mode] = dict(re.findall(r"--([a-z0-9-]+):\s*([^;]+);", block))
        assert own["system"] == own["dark"], f"{colour} is dark in two ways"
        assert set(own["light"]) == set(own["dark"])
        found[colour, "light"] = {**light, **own["light"]}
        found[colour, "dark"] = {**dark, **own["dark"]}
    return found


def luminance(colour):
    channels = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    linear = [channel / 12.92 if channel <= 0.04045 else ((channel + 0.055) / 1.055) ** 2.4 for channel in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(one, other):
    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


def test_dark_by_choice_is_dark_by_system():
    light, system, chosen = lists()
    assert system == chosen
    assert set(light) == set(chosen)


@pytest.mark.parametrize("mode", [0, 1], ids=["light", "dark"])
@pytest.mark.parametrize(("ink", "ground"), TEXT)
def test_text_has_contrast(mode, ink, ground):
    tokens = lists()[mode]
    assert contrast(tokens[ink], tokens[ground]) >= 4.5


@pytest.mark.parametrize("mode", [0, 1], ids=["light", "dark"])
@pytest.mark.parametrize(("shape", "ground"), SHAPES)
def test_borders_of_controls_focus_and_charts_have_contrast(mode, shape, ground):
    tokens = lists()[mode]
    assert contrast(tokens[shape], tokens[ground]) >= 3


@pytest.mark.parametrize("mode", ["light", "dark"])
@pytest.mark.parametrize("colour", looks.COLOURS)
def test_every_theme_has_contrast_in_both_modes(colour, mode):
    """Text 4.5:1 and shapes 3:1; the theme of strong contrast 7:1 for text (U4)."""
    tokens = themes()[colour, mode]
    wanted = 7 if colour == "contrast" else 4.5
    pairs = {pair: contrast(tokens[pair[0]], tokens[pair[1]]) for pair in [*TEXT, ("brand", "brand-soft")]}
    assert {pair: ratio for pair, ratio in pairs.items() if ratio < wanted} == {}
    assert {pair for pair in SHAPES if contrast(tokens[pair[0]], tokens[pair[1]]) < 3} == set()


def test_the_plain_theme_on_a_swatch_is_the_plain_theme():
    light, _system, dark = lists()
    assert (themes()[looks.COLOURS[0], "light"], themes()[looks.COLOURS[0], "dark"]) == (light, dark)


def test_every_size_on_offer_has_its_scale():
    css = (CSS / "themes.css").read_text()
    scales = {int(size): float(scale) for size, scale in re.findall(r'data-size="(\d+)"\] { --scale: ([\d.]+);', css)}
    assert scales == {size: size / 100 for size in looks.SIZES if size != 100}


def test_the_simplified_layout_is_held_together_by_its_attribute():
    """Nothing in its sheet reaches a page of the full layout, but what only its own templates draw."""
    css = re.sub(r"/\*.*?\*/", "", (CSS / "simple.css").read_text(), flags=re.S)
    heads = re.findall(r"(?:^|[{}])\s*([^{}@]+?)\s*{", css)
    parts = [part.strip() for head in heads for part in re.split(r",(?![^()]*\))", head)]
    own = re.compile(r"\.(simple-task|keys)")
    assert [part for part in parts if "[data-simple]" not in part and not own.search(part)] == []


@pytest.mark.parametrize("sheet", ["base.css", "components.css", "admin.css"])
def test_only_tokens_name_colours(sheet):
    css = re.sub(r"/\*.*?\*/", "", (CSS / sheet).read_text(), flags=re.S)
    named = {colour for colour in re.findall(r"#[0-9a-fA-F]{3,8}\b", css) if colour not in {"#fff", "#000"}}
    assert not named


@pytest.mark.parametrize("sheet", sorted(CSS.glob("*.css")), ids=lambda path: path.name)
def test_every_custom_property_used_is_defined(sheet):
    defined = {name for path in CSS.glob("*.css") for name in re.findall(r"--([a-z0-9-]+)\s*:", path.read_text())}
    used = {name for name, fallback in re.findall(r"var\(--([a-z0-9-]+)(\s*,)?", sheet.read_text()) if not fallback}
    assert used <= defined, used - defined
