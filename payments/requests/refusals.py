"""Why a request or a template is not made or changed. Nothing has changed and no money has moved."""

from datetime import date


class RequestRefused(Exception):
    """It cannot be done."""


class UnknownDestination(RequestRefused):
    """The account to be credited is not an open one of the customer's own."""


class LastDayWrong(RequestRefused):
    """The last day has passed, or lies later than `latest`."""

    def __init__(self, latest: date) -> None:
        super().__init__(latest)
        self.latest = latest


class TooManyPeople(RequestRefused):
    """More people would be asked than `most`."""

    def __init__(self, most: int) -> None:
        super().__init__(most)
        self.most = most


class TooManyOpen(RequestRefused):
    """The customer has as many open requests as are allowed: `most`."""

    def __init__(self, most: int) -> None:
        super().__init__(most)
        self.most = most


class TooManyToday(RequestRefused):
    """The customer has asked as often as is allowed on a day: `most`, or this one person, where `one` is true."""

    def __init__(self, most: int, *, one: bool) -> None:
        super().__init__(most)
        self.most, self.one = most, one


class NotAnAddress(RequestRefused):
    """What was typed is neither an account number of this bank nor a mobile number."""


class OwnAddress(RequestRefused):
    """The customer would ask themselves."""


class LeadsAway(RequestRefused):
    """The words hold an address or a number to call: a request says what it is for and nothing else."""


class FormUsed(RequestRefused):
    """The form has made another request already."""


class UnknownRequest(RequestRefused):
    """There is no such request for this customer, or it cannot be paid (any more)."""


class AlreadyPaid(RequestRefused):
    """The customer has paid their part already."""


class HasEnded(RequestRefused):
    """The request was paid, cancelled or declined before, or its last day is over."""


class TooSoon(RequestRefused):
    """A reminder went today already, or as many as are allowed."""

    def __init__(self, *, enough: bool) -> None:
        super().__init__(enough)
        self.enough = enough


class AmountNeeded(RequestRefused):
    """The request leaves the amount to its payer, and none was given."""


class NotSure(RequestRefused):
    """The asker is new to the payer, who has not said that they know them."""


class NothingToKeep(RequestRefused):
    """There is no such transfer to make a template of."""


class NameTaken(RequestRefused):
    """Another template has this name."""


class TooManyTemplates(RequestRefused):
    """The customer keeps as many templates as are allowed: `most`."""

    def __init__(self, most: int) -> None:
        super().__init__(most)
        self.most = most


class UnknownTemplate(RequestRefused):
    """The customer has no such template."""
