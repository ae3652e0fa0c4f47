"""Countries and territories by their ISO 3166 codes, named by the Unicode CLDR (Babel) in the reader's language."""

from functools import lru_cache

import pycountry
from babel import Locale

HOME = "CN"
# Called as this country's own authorities call them.
CALLED = {
    "zh": {"HK": "中国香港", "MO": "中国澳门", "TW": "中国台湾"},
    "en": {"HK": "Hong Kong, China", "MO": "Macao, China", "TW": "Taiwan, China"},
}


def known(code: str) -> bool:
    """This function will say whether a code is a country or territory that money can be sent to from here."""
    return code != HOME and code in _names("en")


def name(code: str, language: str) -> str:
    """This function will name a country for a reader; its code where nobody knows it."""
    return _names(_short(language)).get(code, code)


@lru_cache(maxsize=4)
def _sorted(language: str) -> tuple[tuple[str, str], ...]:
    # Chinese names are put in the order of their English ones: the code beside them is what people look for.
    english = _names("en")
    names = _names(language)
    return tuple((code, names[code]) for code in sorted(names, key=lambda code: english[code]) if code != HOME)


def choices(language: str) -> list[tuple[str, str]]:
    """This function will list every country but this one, with its name and code, as choices of a form."""
    return [(code, f"{name} ({code})") for code, name in _sorted(_short(language))]


def _short(language: str) -> str:
    return "zh" if language.startswith("zh") else "en"


@lru_cache(maxsize=4)
def _names(language: str) -> dict[str, str]:
    found = Locale.parse("zh_Hans" if language == "zh" else "en").territories
    codes = [country.alpha_2 for country in pycountry.countries]
    return {code: CALLED[language].get(code) or str(found[code]) for code in codes if code in found}
