"""Why an order is not taken, or not changed. Nothing has happened in any of these cases."""

from datetime import date


class ScheduleRefused(Exception):
    """The order cannot be made or changed like this."""


class UnknownSchedule(ScheduleRefused):
    """The customer has no such order."""


class UnknownProposal(ScheduleRefused):
    """There is no such order waiting for confirmation, or it waited too long."""


class TooEarly(ScheduleRefused):
    """The first date has come already; `earliest` is the first possible."""

    def __init__(self, earliest: date) -> None:
        super().__init__(earliest)
        self.earliest = earliest


class TooLate(ScheduleRefused):
    """The first date lies too far ahead; `latest` is the last possible."""

    def __init__(self, latest: date) -> None:
        super().__init__(latest)
        self.latest = latest


class NeverDue(ScheduleRefused):
    """No date comes of this: it ends before it begins, or every date falls away."""


class TooMany(ScheduleRefused):
    """The customer has as many orders as are kept; `most` is how many."""

    def __init__(self, most: int) -> None:
        super().__init__(most)
        self.most = most


class AboveLimit(ScheduleRefused):
    """A single payment is above what may ever leave at once; `most` in minor units of `currency`."""

    def __init__(self, most: int, currency: str) -> None:
        super().__init__(most, currency)
        self.most, self.currency = most, currency


class HasEnded(ScheduleRefused):
    """The order has ended or was cancelled: nothing of it can be changed."""


class MovedOn(ScheduleRefused):
    """The order is not as it was when it was shown: a date was paid meanwhile, or it was changed elsewhere."""


class NothingLeft(ScheduleRefused):
    """What is asked would leave nothing to pay."""
