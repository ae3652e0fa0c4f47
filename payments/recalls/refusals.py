"""Why money is not asked back, given back, or a movement not disputed. In none of these cases money has moved."""

from collections.abc import Callable
from datetime import date
from typing import ClassVar

from django.utils.functional import Promise
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from core.ui import formats


class Refused(Exception):
    """Nothing was done; `str()` of it is the sentence for the person."""

    words: ClassVar[str | Promise] = ""

    def __str__(self) -> str:
        return str(self.words)


class Unknown(Refused):
    """There is no such payment, request or movement for this customer."""


class CanTakeBack(Refused):
    """The payment has not left; it is taken back at once instead."""

    words = gettext_lazy("This payment has not left yet. Take it back instead: that works at once.")


class NotLeft(Refused):
    """The payment abroad has not left; there is no bank yet that could be asked."""

    words = gettext_lazy("This payment has not left yet. Ask for its money here once its page says that it was sent.")


class AlreadyBack(Refused):
    """The money is on the payer's account again."""

    words = gettext_lazy("The money of this payment is on your account again. There is nothing to ask for.")


class OwnAccounts(Refused):
    """Both accounts are the payer's own."""

    words = gettext_lazy("Both accounts are yours. Move the money back with a transfer.")


class IsAReturn(Refused):
    """The transfer itself gave money back."""

    words = gettext_lazy("With this transfer you gave money back. Talk to whom you gave it.")


class TooOld(Refused):
    """The payment is too old; `since` is the first day whose payments can be asked back."""

    def __init__(self, since: date) -> None:
        super().__init__(since)
        self.since = since

    def __str__(self) -> str:
        return _("This was before %(day)s and can no longer be asked for here. Call us: we look at it with you.") % {
            "day": formats.day(self.since, get_language() or "en")
        }


class Settled(Refused):
    """The request was answered before, or its time is over."""

    words = gettext_lazy("This request has been answered, or its time is over. Nothing was done.")


class CannotGive(Refused):
    """The money cannot leave the payee's account now; `sentence` says why."""

    def __init__(self, sentence: Callable[[], str]) -> None:
        super().__init__()
        self._sentence = sentence

    def __str__(self) -> str:
        return self._sentence()


class AlreadyOpen(Refused):
    """The movement is being looked into."""

    words = gettext_lazy("We are looking into this movement already.")


class TooManyPictures(Refused):
    """More pictures than a dispute may carry."""

    def __init__(self, most: int) -> None:
        super().__init__(most)
        self.most = most

    def __str__(self) -> str:
        return _("At most %(most)d pictures. Choose the ones that show it best.") % {"most": self.most}


class TooManyPicturesToday(Refused):
    """The customer's pictures of the last 24 hours fill what is taken in; the dispute itself can go without."""

    def __init__(self, most: int) -> None:
        super().__init__(most)
        self.most = most

    def __str__(self) -> str:
        return _(
            "We take %(most)d pictures within 24 hours, and these would be more. Nothing was sent. "
            "Send this without pictures now; a colleague asks for them where they are needed."
        ) % {"most": self.most}
