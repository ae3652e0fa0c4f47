"""What a password must be: long, and not the first thing somebody else would try. No composition rules, no expiry."""

import re
import unicodedata

from django.conf import settings
from django.contrib.auth.password_validation import (
    CommonPasswordValidator,
    MinimumLengthValidator,
    UserAttributeSimilarityValidator,
)
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

LONGEST = 128


class LongEnough(MinimumLengthValidator):
    def get_error_message(self) -> str:
        return _("Use at least %(number)d characters. Three or four words that only you put together are good.") % {
            "number": self.min_length
        }

    def get_help_text(self) -> str:
        return _("At least %(number)d characters. A few words are easier to remember and harder to guess.") % {
            "number": self.min_length
        }


class NotTheEmail(UserAttributeSimilarityValidator):
    DEFAULT_USER_ATTRIBUTES = ("email", "full_name", "phone_digits")

    def __init__(self) -> None:
        super().__init__(user_attributes=self.DEFAULT_USER_ATTRIBUTES)

    def get_error_message(self) -> str:
        return _("This is too close to your e-mail address, number or name. Choose something nobody connects with you.")

    def get_help_text(self) -> str:
        return ""


class NotCommon(CommonPasswordValidator):
    def get_error_message(self) -> str:
        return _("Many people use this password, so it is tried first. Choose another.")

    def get_help_text(self) -> str:
        return ""


class NotTheBank:
    """Refuses the bank's own name and the words of banking, however they are decorated."""

    WORDS = ("password", "passw0rd", "onlinebanking", "banking", "bank", "密码", "银行")

    def validate(self, password: str, user: object = None) -> None:  # noqa: ARG002
        plain = _letters(password)
        left = plain
        names = (_letters(name) for name in settings.BRAND["name"].values())
        for word in sorted({*names, *map(_letters, self.WORDS)}, key=len, reverse=True):
            left = left.replace(word, "")
        if left != plain and len(left) < 4:
            raise ValidationError(
                _("This is the bank's name or a word of banking with little added. Choose something of your own."),
                code="password_is_the_bank",
            )

    def get_help_text(self) -> str:
        return ""


def _letters(text: str) -> str:
    return re.sub(r"[\W\d_]+", "", unicodedata.normalize("NFKC", text).casefold())
