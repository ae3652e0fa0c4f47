"""Names as strangers may see them, and whether two ways of writing a name mean the same. Pure.

The family name is hidden and the given name shown, so that a payer recognises whom they know and learns nothing about
whom they do not: 王小明 is *小明, 欧阳修 is *修, 阿卜杜拉·买买提 is 阿卜杜拉·*, Anna Nováková is Anna *.
"""

import re
import unicodedata

HIDDEN = "*"
# Family names of two characters; every other Chinese family name has one.
_TWO = frozenset(
    re.findall(
        "..",
        "欧阳太史端木上官司马东方独孤南宫万俟闻人夏侯诸葛尉迟公羊赫连澹台皇甫宗政濮阳公冶太叔申屠公孙慕容仲孙钟离"
        "长孙宇文司徒鲜于司空闾丘子车亓官司寇巫马公西颛孙壤驷公良漆雕乐正宰父谷梁拓跋夹谷轩辕令狐段干百里呼延东郭"
        "南门羊舌微生梁丘左丘东门西门",
    )
)
_DOTS = "·•・‧∙⋅.．"  # the dot inside a name, as keyboards give it
_DOT = re.compile(f"[{re.escape(_DOTS)}]")


def masked(name: str) -> str:
    """This function will hide the family name."""
    plain = " ".join(name.split())
    if not plain:
        return HIDDEN
    parts = [part for part in _DOT.split(plain) if part.strip()]
    if len(parts) > 1 and _is_han(plain[0]):
        return f"{parts[0].strip()}·{HIDDEN}"
    if _is_han(plain[0]):
        return HIDDEN + plain[2 if plain[:2] in _TWO and len(plain) > 2 else 1 :]
    words = plain.split(" ")
    if len(words) > 1:
        return f"{' '.join(words[:-1])} {HIDDEN}"
    return f"{plain[0]}{HIDDEN}" if len(plain) > 1 else HIDDEN


def same(first: str, second: str) -> bool:
    """This function will say whether two texts are the same name: case, spaces and kinds of dots do not matter."""
    return bool(_plain(first)) and _plain(first) == _plain(second)


# What looks alike on a screen, each group read as its first. After Unicode's confusables (UTS 39),
# narrowed to Greek, Cyrillic, Latin, Armenian and Han that people really mistake.
_ALIKE = (
    "aаɑα", "bЬьᏏ", "cсϲ", "dԁ", "eеҽє", "gɡց", "hһհ", "iіıιӏ1l|ǀ", "jјϳ", "kκк", "mм", "nոп", "oоοօ0", "pрρ", "qԛգ",
    "rгᴦ", "sѕꜱ", "tтτ", "uυսц", "vνѵ", "wѡԝω", "xхχ×", "yуγү", "zᴢ", "己已巳", "未末", "土士", "日曰", "人入", "千干",
    "戊戌戍", "夭天", "侯候", "兔免", "折拆", "暧暖", "荼茶", "梁粱", "徒徙", "洒酒", "晴睛", "崇祟", "毫亳", "口囗",
    "修脩", "黄黃", "户戶", "吕呂", "吴吳", "谭譚",
)  # fmt: skip
_READ_AS = {ord(char): group[0] for group in _ALIKE for char in group[1:]}


def alike(first: str, second: str) -> bool:
    """This function will say whether two names are the same or cannot be told apart by eye."""
    return bool(_plain(first)) and _seen(first) == _seen(second)


def _seen(name: str) -> str:
    """Write a name as the eye takes it in: no accents, no case, one letter for all that look like it."""
    apart = unicodedata.normalize("NFKD", _plain(name))
    bare = "".join(char for char in apart if not unicodedata.combining(char))
    return bare.casefold().translate(_READ_AS).replace("rn", "m").replace("vv", "w")


def _plain(name: str) -> str:
    composed = unicodedata.normalize("NFKC", name)
    return "".join(
        char for char in composed.casefold() if char not in _DOTS and not char.isspace() and char not in "'’‘-‐"
    )


def _is_han(char: str) -> bool:
    return unicodedata.name(char, "").startswith("CJK ")
