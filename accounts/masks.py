"""How much of a number, a name or an address is shown where. One module, used everywhere. Pure.

| what | in a list | on a page about one person |
| --- | --- | --- |
| document number | first and last character: `1…X` | three and four: `110…002X`; a passport two and two |
| mobile number | `138****1234` | `138****1234` |
| account number | last four: `…1234` | last four: `**** 1234` |
| card number | last four: `…1234` | first six and last four: `622202****1234` |
| e-mail address | `l…@example.com` | `l***n@example.com` |
| name, for a stranger | without the family name: `*明` | the same |

What is too short to be masked in its way is covered whole.
"""

from typing import Final

DOTS: Final = "…"
STARS: Final = "****"


def document_short(number: str) -> str:
    """This function will cover a document number for a list: its first and last character stay."""
    return f"{number[:1]}{DOTS}{number[-1:]}" if len(number) > 2 else DOTS if number else ""


def document_long(number: str) -> str:
    """This function will cover a document number for a page about one person.

    Of the eighteen of an identity card three and four characters stay, of a passport's eight or nine two and two.
    """
    if len(number) >= 18:
        return f"{number[:3]}{DOTS}{number[-4:]}"
    return f"{number[:2]}{DOTS}{number[-2:]}" if len(number) >= 7 else document_short(number)


def phone(number: str) -> str:
    """This function will cover the middle of a mobile number as it is kept: +8613800011234 is 138****1234.

    A number from abroad keeps its country's beginning and its last two figures.
    """
    if number.startswith("+") and not number.startswith("+86"):
        return f"{number[:3]}{STARS}{number[-2:]}" if len(number) > 7 else STARS
    plain = number.removeprefix("+86")
    return f"{plain[:3]}{STARS}{plain[7:]}" if len(plain) == 11 else STARS if plain else ""


def email_short(address: str) -> str:
    """This function will cover an address for a list: its first letter and its domain stay."""
    name, _at, domain = address.partition("@")
    return f"{name[:1]}{DOTS}@{domain}" if domain else ""


def email_long(address: str) -> str:
    """This function will cover an address for a page about one person: first and last letter and the domain stay."""
    name, _at, domain = address.partition("@")
    return f"{name[:1]}***{name[-1:] if len(name) > 2 else ''}@{domain}" if domain else ""


def tail(number: str) -> str:
    """This function will give the last four figures alone, for a sentence that says "ending in"."""
    return number[-4:] if len(number) > 8 else ""


def account_short(number: str) -> str:
    """This function will cover an account number for a list: its last four figures stay."""
    return f"{DOTS}{tail(number)}"


def account_long(number: str) -> str:
    """This function will cover an account number beside a name: its last four figures stay."""
    return f"{STARS} {tail(number)}".rstrip()


def card_short(number: str) -> str:
    """This function will cover a card number for a list: its last four figures stay."""
    return account_short(number)


def card_long(number: str) -> str:
    """This function will cover a card number for a page about one card: first six and last four figures stay."""
    return f"{number[:6]}{STARS}{number[-4:]}" if len(number) >= 15 else STARS if number else ""
