"""Why nothing is quoted or exchanged. No money has moved in any of these cases."""

from datetime import date

from payments.refusals import TransferRefused


class ExchangeRefused(TransferRefused):
    """The exchange cannot be made."""


class NoRate(ExchangeRefused):
    """There is no reference rate of these currencies that is young enough; `newest` is the day of the last one."""

    def __init__(self, currencies: tuple[str, ...], newest: date | None) -> None:
        super().__init__(currencies, newest)
        self.currencies, self.newest = currencies, newest


class NotExchanged(ExchangeRefused):
    """The bank does not exchange this currency."""

    def __init__(self, currency: str) -> None:
        super().__init__(currency)
        self.currency = currency


class SameCurrency(ExchangeRefused):
    """Both sides are the same currency."""


class TooLittle(ExchangeRefused):
    """The amount would round to nothing in the other currency."""


class TooMuch(ExchangeRefused):
    """The amount, or what it comes to, is beyond what one exchange may be."""


class UnknownQuote(ExchangeRefused):
    """The customer has no such quote."""


class QuoteExpired(ExchangeRefused):
    """The quote's time is over."""


class QuoteTaken(ExchangeRefused):
    """The quote was used before."""


class RateMoved(ExchangeRefused):
    """Other reference rates count by now than those the quote was made from."""


class NotQuoted(ExchangeRefused):
    """The quote that was confirmed is not the one that stands; a newer one was shown elsewhere."""


class UnknownExchange(ExchangeRefused):
    """The customer has no such exchange."""


class ExchangeVoid(ExchangeRefused):
    """The exchange was filled in too long ago."""


class QuotaReached(ExchangeRefused):
    """The yearly quota for buying (or selling) foreign exchange would be passed; `left` in US cents."""

    def __init__(self, left: int, *, buys: bool) -> None:
        super().__init__(left, buys)
        self.left, self.buys = left, buys
