"""How often something may be tried, as allauth reads it, with the figures of the policy table.

    ACCOUNT_RATE_LIMITS = {"login": rate("{entrance.signin_source_per_minute}/m/ip"), …}

The text is made anew each time it is read, so a figure that changes tomorrow counts tomorrow.
"""

import re
from typing import cast

from django.utils import timezone
from django.utils.functional import lazy

from core import policy

_FIGURE = re.compile(r"\{([a-z_.]+)\}")


def _filled(pattern: str) -> str:
    today = timezone.localdate()
    return _FIGURE.sub(lambda found: str(policy.value(found[1], on=today)), pattern)


def rate(pattern: str) -> str:
    """This function will give a text of rates whose {figures} are looked up whenever it is read."""
    return cast("str", lazy(_filled, str)(pattern))
