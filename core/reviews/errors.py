"""Why the desk does not do something. Whenever one of these is raised, nothing has changed.

A `Conflict` is the one exception: the desk writes into the audit trail that somebody tried.
"""

from core.reviews.subject import Person, Text


class Refused(Exception):
    """The desk does not do this; nothing has changed."""


class UnknownCase(Refused):
    """There is no such case for this person."""


class NoRole(Refused):
    """The person holds none of the roles that may take this step."""


class NoSkill(Refused):
    """The case takes a skill that the person does not have."""


class Conflict(Refused):
    """The person may not decide this case because of who they are. The attempt stands in the audit trail."""


class OwnCase(Conflict):
    """The case is the person's own, or they asked for it, under this sign-in or another."""


class DecidedBefore(Conflict):
    """The person has already been one of the pairs of eyes, under this sign-in or another."""


class Related(Conflict):
    """The person lives with somebody the case is about, or has declared a relation to them."""


class HeldByAnother(Refused):
    """A colleague holds the case; `holder` says who."""

    def __init__(self, holder: Person) -> None:
        super().__init__(str(holder))
        self.holder = holder


class NotHeld(Refused):
    """The person must claim the case first."""


class DeskFull(Refused):
    """The person holds as many cases as one person may; `most` says how many that are."""

    def __init__(self, most: int) -> None:
        super().__init__(str(most))
        self.most = most


class Closed(Refused):
    """The case is already decided, withdrawn or expired."""


class Expired(Refused):
    """The time in which the case could be decided is over."""


class Asked(Refused):
    """The customer has been asked something; the case waits for the answer."""


class NotAsked(Refused):
    """Nothing is asked at the moment."""


class Changed(Refused):
    """What is to be decided is not what was seen; it must be looked at again."""


class ReasonMissing(Refused):
    """To decline takes at least one coded reason and a note."""


class UnknownReason(Refused):
    """The subject knows no such reason."""


class QuestionMissing(Refused):
    """To ask takes at least one of the subject's questions."""


class AnswerMissing(Refused):
    """A question has no answer yet, or too long a one; `codes` names them."""

    def __init__(self, codes: list[str]) -> None:
        super().__init__(", ".join(codes))
        self.codes = codes


class NoteMissing(Refused):
    """To hand over takes a sentence for the colleague."""


class Away(Refused):
    """The colleague is not here."""


class NotALead(Refused):
    """Only somebody who leads the desk may do this for a colleague."""


class AlreadyPending(Refused):
    """The same act already waits for a decision; `case` is where."""

    def __init__(self, case: Person) -> None:
        super().__init__(str(case))
        self.case = case


class CannotReopen(Refused):
    """The decision cannot be corrected on the desk: the subject does not allow it, or it has been corrected before."""


class CheckFailed(Refused):
    """A check that is not in order stands against an approval."""


class Objection(Refused):
    """The subject itself objects to an approval at this moment; the text says why."""

    def __init__(self, sentence: Text) -> None:
        super().__init__(str(sentence))
        self.sentence = sentence
