"""What stands against a sentence that customers read. Pure: no database, no web.

A reason is specific and kind: it names what was found, not a score or a rule nobody may see, blames nobody and needs no
apology. Both languages are there, each in its own script.
"""

import re
import unicodedata

CHINESE, ENGLISH = "zh", "en"
# language -> what is never written to customers, as people would find it in a text
NEVER: dict[str, tuple[str, ...]] = {
    ENGLISH: (
        "score too low", "low score", "internal policy", "internal policies", "internal rules", "our system", "invalid",
        "illegal", "successfully", "unfortunately", "please", "oops", "your fault", "you failed",
    ),
    CHINESE: (
        "综合评分", "评分不足", "评分过低", "内部政策", "内部规定", "内部原因", "系统原因", "非法", "无效", "违规操作",
        "您的错", "请谅解", "抱歉",
    ),
}  # fmt: skip
_HAN = re.compile(r"[\u3400-\u9fff\U00020000-\U0003ffff]")
_LATIN = re.compile(r"[A-Za-z]{2,}")


def never_written(text: str, language: str) -> list[str]:
    """This function will list the phrases of a text that customers are never shown."""
    plain = " ".join(text.casefold().split())
    if language == ENGLISH:
        return [phrase for phrase in NEVER[ENGLISH] if re.search(rf"\b{re.escape(phrase)}\b", plain)]
    return [phrase for phrase in NEVER[CHINESE] if phrase in plain]


def in_its_language(text: str, language: str) -> bool:
    """This function will say whether a text is written in the script of its language."""
    has_han = bool(_HAN.search(text))
    return has_han if language == CHINESE else not has_han and bool(_LATIN.search(text))


def one_line(text: str) -> bool:
    """This function will say whether a text holds nothing but what one line shows: no breaks, no hidden direction."""
    return not any(unicodedata.category(mark) in {"Cc", "Cf", "Zl", "Zp"} for mark in text)
