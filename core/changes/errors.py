"""Why a change is not asked for, withdrawn or carried out. Whenever one of these is raised, nothing has changed."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from django.conf import settings
from django.utils import translation

from core.reviews.subject import Text

if TYPE_CHECKING:
    from core.changes.models import Change


class NotDone(Exception):
    """The change is not asked for, not withdrawn or not carried out; nothing has changed."""


class Refused(NotDone):
    """A kind of change says no. `sentence` is called in the language of whoever reads it; `field` names a form's."""

    def __init__(self, sentence: Callable[[], Text], *, field: str = "") -> None:
        super().__init__()
        self.sentence = sentence
        self.field = field

    def __str__(self) -> str:
        return str(self.sentence())

    def in_every_language(self) -> dict[str, str]:
        """This method will say why, in each language of the portal."""
        said = {}
        for language, _name in settings.LANGUAGES:
            with translation.override(language):
                said[language] = str(self.sentence())
        return said


class UnknownKind(NotDone):
    """The wiring board names no such kind of change."""


class UnknownChange(NotDone):
    """There is no such change for this person."""


class NoRole(NotDone):
    """The person holds none of the roles that may ask for this."""


class NoNumber(NotDone):
    """The bank cannot tell whose account this is: nobody's employee number stands on it."""


class ReasonMissing(NotDone):
    """A change needs a reason."""


class AlreadyAsked(NotDone):
    """A change of the same thing waits already; `change` is that one."""

    def __init__(self, change: "Change") -> None:
        super().__init__(change.number)
        self.change = change


class Settled(NotDone):
    """The change is decided, withdrawn or expired."""


class NotApproved(NotDone):
    """Somebody wanted a change carried out that other people have not approved."""
