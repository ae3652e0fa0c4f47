"""A PDF from a template and values: tagged for screen readers (PDF/UA-1), fonts embedded.

What a customer typed reaches the template as data alone (`sys.inputs`, JSON), never as source: a memo that reads like
a command is printed as it was typed.
"""

import json
from functools import cache
from pathlib import Path
from typing import Any, Final

import pylopdf_fonts_zh_cn
import typst

from core.ui import glyphs

STANDARD: Final = "ua-1"


def pdf(*, template: Path, name: str, values: Any) -> bytes:
    """This function will set a template, which finds its values as JSON in `sys.inputs` under a name.

    A character that no font here can draw (an emoji in a memo, the rarest of Han characters) would make the PDF
    unreadable to a screen reader; it is then printed by its number, 〔U+1F600〕, so that nothing is lost or guessed.
    """
    try:
        return _compiled(template, name, values)
    except typst.TypstError:
        return _compiled(template, name, _spelled_out(values, Path(pylopdf_fonts_zh_cn.sans_path())))


def _compiled(template: Path, name: str, values: Any) -> bytes:
    made: bytes = typst.compile(
        str(template),
        sys_inputs={name: json.dumps(values, ensure_ascii=False)},
        font_paths=[str(_fonts())],
        ignore_system_fonts=True,
        pdf_standards=[STANDARD],
    )
    return made


@cache
def _fonts() -> Path:
    return Path(pylopdf_fonts_zh_cn.sans_path()).parent


def _spelled_out(value: Any, font: Path) -> Any:
    if isinstance(value, str):
        return glyphs.spelled_out(value, font)
    if isinstance(value, dict):
        return {name: _spelled_out(inner, font) for name, inner in value.items()}
    return [_spelled_out(inner, font) for inner in value] if isinstance(value, list) else value
