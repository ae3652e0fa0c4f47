"""Money: a whole number of minor units and its currency. Pure; nothing here knows Django.

Built from exact numbers only. Whatever would lose a fraction, mix two currencies or guess at one is refused.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from functools import total_ordering
from typing import Self

# ISO 4217: currency and the number of its decimals, as far as a bank of this kind meets them.
EXPONENTS: dict[str, int] = {
    "AED": 2, "AUD": 2, "BGN": 2, "BHD": 3, "BND": 2, "BRL": 2, "CAD": 2, "CHF": 2, "CLP": 0, "CNH": 2, "CNY": 2,
    "COP": 2, "CZK": 2, "DKK": 2, "EGP": 2, "EUR": 2, "GBP": 2, "HKD": 2, "HUF": 2, "IDR": 2, "ILS": 2, "INR": 2,
    "ISK": 0, "JOD": 3, "JPY": 0, "KES": 2, "KHR": 2, "KRW": 0, "KWD": 3, "KZT": 2, "LAK": 2, "LKR": 2, "MAD": 2,
    "MMK": 2, "MNT": 2, "MOP": 2, "MXN": 2, "MYR": 2, "NGN": 2, "NOK": 2, "NPR": 2, "NZD": 2, "OMR": 3, "PEN": 2,
    "PHP": 2, "PKR": 2, "PLN": 2, "QAR": 2, "RON": 2, "RUB": 2, "SAR": 2, "SEK": 2, "SGD": 2, "THB": 2, "TND": 3,
    "TRY": 2, "TWD": 2, "UAH": 2, "USD": 2, "UYU": 2, "UZS": 2, "VND": 0, "ZAR": 2,
}  # fmt: skip


class UnknownCurrency(ValueError):
    """The currency is not one this bank knows; guessing its decimals would lose money."""


class MixedCurrencies(ValueError):
    """Two currencies met where only one can be."""


class InexactMoney(ValueError):
    """The number is not a whole count of the currency's minor units, or is no number at all."""


def exponent(currency: str) -> int:
    """This function will say how many decimals a currency has; raises UnknownCurrency."""
    try:
        return EXPONENTS[currency]
    except KeyError:
        raise UnknownCurrency(currency) from None


@total_ordering
@dataclass(frozen=True, slots=True)
class Money:
    """An exact amount of one currency, signed, in minor units."""

    minor: int
    currency: str

    def __post_init__(self) -> None:
        if isinstance(self.minor, bool) or not isinstance(self.minor, int):
            raise InexactMoney(f"minor units are a whole number, not {self.minor!r}")
        exponent(self.currency)

    @classmethod
    def of(cls, amount: str | int | Decimal, currency: str) -> Self:
        """This function will read an amount in major units; raises InexactMoney when it has too many decimals.

        Text is plain digits with an optional sign and decimal point: no exponents, spaces or thousands separators.
        """
        decimals = exponent(currency)
        if isinstance(amount, bool) or not isinstance(amount, str | int | Decimal):
            raise InexactMoney(f"money is made from text, whole numbers or decimals, not {type(amount).__name__}")
        if isinstance(amount, int):
            return cls(amount * 10**decimals, currency)
        if isinstance(amount, str) and not _is_plain(amount):
            raise InexactMoney(f"not an amount: {amount!r}")
        try:
            number = Decimal(amount)
        except InvalidOperation:
            raise InexactMoney(f"not an amount: {amount!r}") from None
        if not number.is_finite():
            raise InexactMoney(f"not an amount: {amount!r}")
        sign, digits, point = number.as_tuple()
        shift = int(point) + decimals
        whole = int("".join(map(str, digits)) or "0")
        if shift >= 0:
            minor = whole * 10**shift
        else:
            minor, lost = divmod(whole, 10**-shift)
            if lost:
                raise InexactMoney(f"{currency} has {decimals} decimals: {amount!r} has more")
        return cls(-minor if sign else minor, currency)

    @classmethod
    def zero(cls, currency: str) -> Self:
        return cls(0, currency)

    @property
    def decimal(self) -> Decimal:
        """The amount in major units, with exactly the currency's decimals."""
        sign = 1 if self.minor < 0 else 0
        return Decimal((sign, tuple(map(int, str(abs(self.minor)))), -exponent(self.currency)))

    def __str__(self) -> str:
        return f"{self.decimal:f} {self.currency}"

    def __bool__(self) -> bool:
        return self.minor != 0

    def __add__(self, other: Self) -> Self:
        return type(self)(self.minor + self._same(other), self.currency)

    def __sub__(self, other: Self) -> Self:
        return type(self)(self.minor - self._same(other), self.currency)

    def __neg__(self) -> Self:
        return type(self)(-self.minor, self.currency)

    def __abs__(self) -> Self:
        return type(self)(abs(self.minor), self.currency)

    def __mul__(self, times: int) -> Self:
        if isinstance(times, bool) or not isinstance(times, int):
            raise InexactMoney("money is multiplied by whole numbers; use split() for shares")
        return type(self)(self.minor * times, self.currency)

    __rmul__ = __mul__

    def __lt__(self, other: Self) -> bool:
        return self.minor < self._same(other)

    def split(self, weights: Sequence[int]) -> list[Self]:
        """This function will share the money by whole-number weights, by largest remainder, losing nothing.

        Each share is within one minor unit of its exact part; equal remainders go to the earlier share.
        Raises ValueError when a weight is negative or all are zero.
        """
        total = sum(weights)
        if not weights or total <= 0 or min(weights) < 0:
            raise ValueError("weights are whole numbers, none negative, not all zero")
        sign = -1 if self.minor < 0 else 1
        parts = [divmod(abs(self.minor) * weight, total) for weight in weights]
        shares = [part for part, _ in parts]
        left = abs(self.minor) - sum(shares)
        for index in sorted(range(len(parts)), key=lambda i: (-parts[i][1], i))[:left]:
            shares[index] += 1
        if sum(shares) != abs(self.minor):
            raise AssertionError("a split keeps its sum")
        return [type(self)(sign * share, self.currency) for share in shares]

    def _same(self, other: object) -> int:
        if not isinstance(other, Money):
            raise TypeError(f"money meets money only, not {type(other).__name__}")
        if other.currency != self.currency:
            raise MixedCurrencies(f"{self.currency} and {other.currency}")
        return other.minor


def total(amounts: Iterable[Money], currency: str) -> Money:
    """This function will add up amounts of one currency; of none it is zero. Raises MixedCurrencies."""
    result = Money.zero(currency)
    for amount in amounts:
        result += amount
    return result


def _is_plain(text: str) -> bool:
    digits = text[1:] if text[:1] in {"+", "-"} else text
    whole, point, fraction = digits.partition(".")
    return all(part.isascii() and part.isdigit() for part in ([whole, fraction] if point else [whole]))
