"""The step of the business day that belongs to clearing: what was to leave on the next day has left."""

from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from core import policy
from core.runs import Step
from payments.clearing import gateway as gateways
from payments.clearing.services import sending

SENT, NOTHING = "sent", "nothing"


def opens(day: date) -> datetime:
    """This function will say when the next-day payments of a date leave."""
    at = time.fromisoformat(str(policy.value("clearing.next_day_opens", on=day)))
    return datetime.combine(day, at, tzinfo=ZoneInfo(settings.TIME_ZONE))


def send(_key: str, _day: date, now: datetime) -> str:
    """This function will hand over what is due at the latest by now. Twice is once: the messages carry their names.

    The rounds with the gateway do the same from minute to minute; here it is seen to be done, whoever runs them. What
    the gateway raises is noted with the item.
    """
    found = gateways.chosen()
    return SENT if found is not None and sending.send_due(gateway=found, now=now) else NOTHING


MATURED = Step(
    name="clearing.matured",
    label=_("Next-day payments that are due"),
    starts=opens,
    do=send,
    own_transactions=True,
    outcomes={SENT: _("left for the other bank"), NOTHING: _("none was waiting")},
    advice=_(
        "The gateway to other banks did not take the messages. The payments stay accepted and their money in clearing; "
        "they leave with the first round after the gateway is back. Then carry it out again."
    ),
)
