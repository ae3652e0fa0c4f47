"""Why something about a colleague is not done. Whenever one of these is raised, nothing has changed."""


class NotDone(Exception):
    """Nothing has changed."""


class UnknownColleague(NotDone):
    """There is no such colleague."""


class AlreadyLeft(NotDone):
    """The colleague has left the bank."""


class EmailTaken(NotDone):
    """Somebody signs in with this address already."""


class NumberTaken(NotDone):
    """Another account has this employee number: one person has one account."""


class LinkDead(NotDone):
    """The link was used, has expired, was replaced, or never was one."""


class NotOneself(NotDone):
    """Nobody does this for themselves."""


class WrongDays(NotDone):
    """The last day is before the first, or over."""


class Overlaps(NotDone):
    """Another absence covers some of these days."""


class ListChanged(NotDone):
    """Who holds what has changed since the list was read."""


class AlreadyConfirmed(NotDone):
    """This quarter's list is confirmed already."""
