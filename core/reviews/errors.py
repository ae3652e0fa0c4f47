"""Why the desk does not do something. Whenever one of these is raised, nothing has changed."""

from core.reviews.subject import Person, Text


class Refused(Exception):
    """The desk does not do this; nothing has changed."""


class UnknownCase(Refused):
    """There is no such case for this person."""


class NoRole(Refused):
    """The person holds none of the roles that may take this step."""


class OwnCase(Refused):
    """The case is the person's own, or they asked for it."""


class DecidedBefore(Refused):
    """The person has already been one of the pairs of eyes."""


class HeldByAnother(Refused):
    """A colleague holds the case; `holder` says who."""

    def __init__(self, holder: Person) -> None:
        super().__init__(str(holder))
        self.holder = holder


class NotHeld(Refused):
    """The person must claim the case first."""


class Closed(Refused):
    """The case is already decided or withdrawn."""


class Changed(Refused):
    """What is to be decided is not what was seen; it must be looked at again."""


class ReasonMissing(Refused):
    """To decline takes at least one coded reason and a note."""


class UnknownReason(Refused):
    """The subject knows no such reason."""


class CheckFailed(Refused):
    """A check that is not in order stands against an approval."""


class Objection(Refused):
    """The subject itself objects to an approval at this moment; the text says why."""

    def __init__(self, sentence: Text) -> None:
        super().__init__(str(sentence))
        self.sentence = sentence
