"""A PDF from a template and values: tagged for screen readers (PDF/UA-1), fonts embedded.

What a customer typed reaches the template as data alone (`sys.inputs`, JSON), never as source: a memo that reads like
a command is printed as it was typed.
"""

import io
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

import pylopdf_fonts_zh_cn
import qrcode
import typst
from django.conf import settings
from qrcode.image.svg import SvgPathImage

from core.ui import glyphs

STANDARD: Final = "ua-1"


def pdf(*, template: Path, name: str, values: Any) -> bytes:
    """This function will set a template, which finds its values as JSON in `sys.inputs` under a name.

    The type that comes along draws what is written every day. For the rarest of Han characters the machine's own type
    is asked as well (`settings.PDF_RARE_FONTS`), and only then, because it is large. What nothing here can draw (an
    emoji in a memo) would make the PDF unreadable to a screen reader; it is printed by its number, 〔U+1F600〕, so that
    nothing is lost or guessed.
    """
    usual = Path(pylopdf_fonts_zh_cn.sans_path())
    rare = [font for font in map(Path, settings.PDF_RARE_FONTS) if font.is_file()]
    try:
        return _compiled(template, name, values, [usual.parent])
    except typst.TypstError:
        folders = [usual.parent, *dict.fromkeys(font.parent for font in rare)]  # type is looked for in folders
        return _compiled(template, name, _spelled_out(values, [usual, *rare]), folders)


def qr_svg(text: str) -> str:
    """This function will draw a QR code, for a template to place as a picture."""
    drawn = io.BytesIO()
    qrcode.make(text, image_factory=SvgPathImage, border=2).save(drawn)
    return drawn.getvalue().decode()


def _compiled(template: Path, name: str, values: Any, folders: Sequence[Path]) -> bytes:
    made: bytes = typst.compile(
        str(template),
        sys_inputs={name: json.dumps(values, ensure_ascii=False)},
        font_paths=[str(folder) for folder in folders],
        ignore_system_fonts=True,
        pdf_standards=[STANDARD],
    )
    return made


def _spelled_out(value: Any, fonts: Sequence[Path]) -> Any:
    if isinstance(value, str):
        return glyphs.spelled_out(value, *fonts)
    if isinstance(value, dict):
        return {name: _spelled_out(inner, fonts) for name, inner in value.items()}
    return [_spelled_out(inner, fonts) for inner in value] if isinstance(value, list) else value
