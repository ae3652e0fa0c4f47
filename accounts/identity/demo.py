"""Drawn sample photos of documents, for the demo bank and the tests. Every one says SAMPLE 样本 across its face."""

import io
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path

import pylopdf_fonts_zh_cn
from PIL import Image, ImageDraw, ImageFilter, ImageFont
from stdnum.cn import ric

FONT = Path(pylopdf_fonts_zh_cn.__file__).parent / "NotoSansSC-Regular.otf"
CARD = (1000, 630)
TABLE = (1280, 860)  # the photo: a card on a table
FACE = (960, 1200)
INK, FAINT, RED, PAPER = "#1d2733", "#5a6a7c", "#b4232a", "#eef3f2"
MARK = "SAMPLE 样本"


@dataclass(frozen=True)
class Person:
    """Who the sample documents are made out to."""

    name: str
    number: str
    born_on: date
    address: str
    sex: str = "女"
    expires_on: date = date(2040, 6, 1)


@dataclass(frozen=True)
class SamplePhotos:
    """Three JPEG files."""

    front: bytes
    back: bytes
    selfie: bytes

    def by_side(self) -> dict[str, bytes]:
        """This function will give the photos under the names the application form uses."""
        return {"front": self.front, "back": self.back, "selfie": self.selfie}


def sample_number(*, region: str, born_on: date, sequence: int) -> str:
    """This function will make an identity number with the right check character; odd sequences are men's."""
    first = f"{region}{born_on:%Y%m%d}{sequence:03d}"
    return first + ric.calc_check_digit(first + "0")


# A watch list of nobody: every entry is made up.
WATCH_LIST = """reference,names,birth_years,note
DEMO-001,贾无名;Jia Wuming,1958,made up for the demo bank
DEMO-002,刘阳;Liu Yang,1961;1962,made up for the demo bank
DEMO-003,Sample Nobody;Nobody Sample,,made up for the demo bank
DEMO-004,甄不存;Zhen Bucun,1975,made up for the demo bank
DEMO-005,陈皓;Chen Hao,1986;1987,made up for the demo bank
"""


def sample_person(*, name: str = "林晓禾", serial: int = 1, born_on: date = date(1994, 5, 18)) -> Person:
    """This function will invent a person; another serial is another person. Sequences from 900 are hardly given out."""
    return Person(
        name=name,
        number=sample_number(region="330106", born_on=born_on, sequence=900 + serial * 2 % 100),
        born_on=born_on,
        address="浙江省杭州市西湖区样本路18号2单元301室",
    )


def sample_photos(person: Person) -> SamplePhotos:
    """This function will draw the three photos that an application asks for."""
    front, back = _on_table(_front(person)), _on_table(_back(person))
    return SamplePhotos(front=_jpeg(front), back=_jpeg(back), selfie=_jpeg(_selfie()))


@lru_cache(maxsize=16)
def _font(size: int) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(str(FONT), size)


def _blank_card() -> tuple[Image.Image, ImageDraw.ImageDraw]:
    card = Image.new("RGB", CARD, PAPER)
    draw = ImageDraw.Draw(card)
    for row in range(0, CARD[1], 14):  # the guilloche of a real card, much simplified
        for shift, tint in ((0, "#dbe7ea"), (6, "#e9e2ea")):
            points = [(x, row + shift + 8 * ((x // 40 + row // 14) % 3 - 1)) for x in range(0, CARD[0] + 40, 40)]
            draw.line(points, fill=tint, width=2)
    draw.rounded_rectangle((2, 2, CARD[0] - 3, CARD[1] - 3), radius=36, outline="#b9c6cc", width=3)
    return card, draw


def _front(person: Person) -> Image.Image:
    card, draw = _blank_card()
    lines = [
        ("姓  名", person.name),
        ("性  别", f"{person.sex}      民 族  汉"),
        ("出  生", f"{person.born_on.year} 年 {person.born_on.month} 月 {person.born_on.day} 日"),
        ("住  址", person.address[:12]),
        ("", person.address[12:]),
    ]
    for place, (label, value) in enumerate(lines):
        y = 64 + place * 74
        draw.text((60, y), label, font=_font(30), fill="#3b6f9c")
        draw.text((178, y - 4), value, font=_font(36), fill=INK)
    draw.text((60, 520), "公民身份号码", font=_font(30), fill="#3b6f9c")
    draw.text((300, 510), "  ".join(person.number[i : i + 6] for i in (0, 6, 12)), font=_font(46), fill=INK)
    card.paste(_portrait((250, 320)), (690, 90))
    _mark(card)
    return card


def _back(person: Person) -> Image.Image:
    card, draw = _blank_card()
    draw.ellipse((70, 60, 250, 240), outline=RED, width=12)
    draw.regular_polygon((160, 150, 56), 5, fill=RED)
    draw.text((310, 78), "样本国居民", font=_font(62), fill=INK)
    draw.text((310, 164), "样 本 身 份 证", font=_font(72), fill=INK)
    draw.text((190, 430), "签发机关    样本市公安局样本分局", font=_font(34), fill=INK)
    draw.text((190, 500), f"有效期限    2020.06.01-{person.expires_on:%Y.%m.%d}", font=_font(34), fill=INK)
    _mark(card)
    return card


def _portrait(size: tuple[int, int]) -> Image.Image:
    """Draw a head and shoulders in a few flat shapes: clearly nobody."""
    width, height = size
    picture = Image.new("RGB", size, "#cfe0ea")
    draw = ImageDraw.Draw(picture)

    def box(left: int, top: int, right: int, bottom: int) -> tuple[int, int, int, int]:  # in hundredths
        return (left * width // 100, top * height // 100, right * width // 100, bottom * height // 100)

    draw.ellipse(box(26, 10, 74, 66), fill="#2b2320")  # hair
    draw.rectangle(box(42, 58, 58, 78), fill="#e0b394")
    draw.ellipse(box(32, 18, 68, 64), fill="#efc9ab")
    draw.pieslice(box(30, 10, 70, 50), 180, 360, fill="#2b2320")
    draw.ellipse(box(40, 38, 44, 42), fill=INK)
    draw.ellipse(box(56, 38, 60, 42), fill=INK)
    draw.arc(box(43, 46, 57, 56), 20, 160, fill="#a4533f", width=max(3, width // 90))
    draw.line([*box(50, 42, 49, 48)], fill="#d29f7f", width=max(3, width // 120))
    draw.ellipse(box(8, 72, 92, 132), fill="#35566b")
    draw.polygon(
        [(42 * width // 100, 73 * height // 100), (58 * width // 100, 73 * height // 100),
         (50 * width // 100, 86 * height // 100)], fill="#f4f6f5",
    )  # fmt: skip
    return picture


def _selfie() -> Image.Image:
    room = Image.new("RGB", FACE, "#d9d4ca")
    draw = ImageDraw.Draw(room)
    draw.rectangle((600, 120, 880, 560), fill="#eef4f8", outline="#a58f72", width=14)
    draw.line((740, 120, 740, 560), fill="#a58f72", width=10)
    for shelf in (300, 420):
        draw.rectangle((60, shelf, 330, shelf + 14), fill="#8c7357")
        for book, tint in enumerate(("#7c3f3a", "#3c5f56", "#b08f45", "#44507c")):
            draw.rectangle((74 + book * 58, shelf - 88 + book % 2 * 14, 118 + book * 58, shelf), fill=tint)
    portrait = _portrait((900, 1150))
    head = Image.new("L", portrait.size, 0)
    mask = ImageDraw.Draw(head)
    mask.ellipse((234, 115, 666, 760), fill=255)
    mask.rectangle((378, 600, 522, 900), fill=255)
    mask.ellipse((72, 828, 828, 1518), fill=255)
    room.paste(portrait, (30, 50), head)
    _mark(room)
    return room


def _mark(picture: Image.Image) -> None:
    """Write SAMPLE 样本 across the picture."""
    layer = Image.new("L", picture.size, 0)
    draw = ImageDraw.Draw(layer)
    size = picture.width // 9
    box = draw.textbbox((0, 0), MARK, font=_font(size))
    place = ((picture.width - box[2]) // 2, (picture.height - box[3]) // 2)
    draw.text(place, MARK, font=_font(size), fill=92)
    picture.paste(Image.new("RGB", picture.size, RED), mask=layer.rotate(18, resample=Image.Resampling.BICUBIC))


def _on_table(card: Image.Image) -> Image.Image:
    """Lay the card on a table, a little crooked, as a phone sees it."""
    table = Image.new("RGB", TABLE, "#7d6a57")
    draw = ImageDraw.Draw(table)
    for line in range(0, TABLE[1], 24):
        draw.line((0, line, TABLE[0], line + (line // 24 % 3) * 5), fill="#86735f" if line % 48 else "#75634f", width=5)
    layer = Image.new("RGBA", TABLE, (0, 0, 0, 0))
    whole = Image.new("L", CARD, 0)
    ImageDraw.Draw(whole).rounded_rectangle((0, 0, CARD[0] - 1, CARD[1] - 1), radius=36, fill=255)
    layer.paste(card, (140, 115), whole)
    layer = layer.rotate(2, resample=Image.Resampling.BICUBIC)
    shadow = Image.new("RGB", TABLE, "#3f3429")
    table.paste(shadow, (8, 12), layer.getchannel("A").filter(ImageFilter.GaussianBlur(10)))
    table.paste(layer.convert("RGB"), mask=layer.getchannel("A"))
    return table


def _jpeg(picture: Image.Image) -> bytes:
    out = io.BytesIO()
    picture.save(out, "JPEG", quality=90)
    return out.getvalue()
