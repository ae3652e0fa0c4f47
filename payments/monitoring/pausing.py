"""The kind of change that lets a rule rest for one customer, once colleagues found that it was wrong about them.

A false alarm that is decided lets one payment go; the next like it would be stopped again. So a colleague asks, from
that alert, that the rule rests for its payer until a day, and another person agrees. While it rests it is no rule for
this customer: nothing is held, and nothing written down. All other rules count on. It ends by itself, or earlier by
the same two people.
"""

import uuid
from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils import timezone
from django.utils.translation import get_language, gettext_lazy, ngettext, pgettext_lazy
from django.utils.translation import gettext as _

from core import policy
from core.changes.errors import Refused
from core.changes.kinds import Approvals, ChosenAt, Line, Payload, Preview
from core.reviews.subject import Person, Text
from core.ui import formats
from ledger.calendar import business_date
from payments.clearing import allowance
from payments.clearing.models import Payment
from payments.crossborder.models import Payment as PaymentAbroad
from payments.crossborder.services import confirming
from payments.models import Transfer
from payments.monitoring import rules
from payments.monitoring.models import Alert, Hit, Pause, RuleVersion

KIND = "monitoring.pause"
HABIT = timedelta(days=90)  # what the preview counts


class PauseChange:
    """Payload: alert (public id), code (of a rule that hit it live), counts_again (ISO date)."""

    label: Text = gettext_lazy("Rest of a rule for one customer")
    hint: Text = gettext_lazy("After a false alarm, so that the next payment of the same kind is not stopped again.")
    lasting = True  # an alert and its hits stay as they are
    chosen_at = ChosenAt("admin:monitoring_alert_changelist", "alert")

    def key(self, payload: Payload) -> str:
        return f"{payload['code']}:{alerted(payload).payer.public_id}"

    def title(self, payload: Payload) -> str:
        return f"{payload['code']} · {reference(alerted(payload))} ({payload['counts_again']})"

    def approvals(self, payload: Payload, *, now: datetime) -> Approvals:  # noqa: ARG002
        return Approvals(1)

    def why(self, code: str) -> Text:
        return code

    def validate(self, payload: Payload, *, now: datetime) -> None:
        alert, code, today = alerted(payload), payload["code"], business_date(now)
        if alert.verdict != Alert.Verdict.FALSE_ALARM:
            raise Refused(
                lambda: _("Nobody has decided yet that this alert was a false alarm. Decide it on the desk first."),
                field="alert",
            )
        if code not in {hit.rule.code for hit in live_hits(alert)}:
            raise Refused(lambda: _("This rule did not stop or report the payment."), field="code")
        again = date.fromisoformat(payload["counts_again"])
        standing = standing_for(alert, code, now=now)
        most = int(policy.value("monitoring.pause.days_most", on=today))
        if again < today:
            raise Refused(lambda: _("The day lies in the past."), field="counts_again")
        if again == today and standing is None:
            raise Refused(
                lambda: _("The rule counts today already. Choose a later day for it to rest until then."),
                field="counts_again",
            )
        if (again - today).days > most:
            raise Refused(
                lambda: (
                    ngettext(
                        "A rule rests for one customer for %(most)d day at most.",
                        "A rule rests for one customer for %(most)d days at most.",
                        most,
                    )
                    % {"most": most}
                ),
                field="counts_again",
            )
        if standing is not None and standing.until == begin_of(again):
            raise Refused(lambda: _("The rule rests until this day already."), field="counts_again")

    def present(self, payload: Payload, *, now: datetime) -> Preview:
        alert, language = alerted(payload), get_language()
        version = rules.newest(payload["code"])
        rule = f"{payload['code']} · {version.title if version else ''}"
        standing = standing_for(alert, payload["code"], now=now)
        hit = Hit.objects.filter(
            alert__payer=alert.payer, rule__code=payload["code"], rule__mode=RuleVersion.Mode.LIVE,
            alert__judged_at__gt=now - HABIT,
        ).count()  # fmt: skip
        return Preview(
            [
                Line(pgettext_lazy("monitoring", "Rule"), rule, rule),
                Line(gettext_lazy("Customer"), alert.payer.legal_name, alert.payer.legal_name),
                Line(gettext_lazy("The false alarm"), reference(alert), reference(alert)),
                Line(
                    gettext_lazy("Counts again from"),
                    formats.day(date.fromisoformat(payload["counts_again"]), language),
                    formats.day(timezone.localdate(standing.until), language) if standing else "",
                ),
            ],
            [
                ngettext(
                    "In the last 90 days the rule hit %(number)d payment of this customer.",
                    "In the last 90 days the rule hit %(number)d payments of this customer.",
                    hit,
                )
                % {"number": hit},
                _("Until that day neither this version nor a newer one holds or reports what this customer pays."),
                _("Every other rule counts on. The customer is told nothing of it."),
            ],
        )

    def digest(self, payload: Payload, *, lock: bool = False) -> str:
        alert = alerted(payload)
        if lock:
            rules.lock(payload["code"])
        newest = Pause.objects.filter(customer=alert.payer, code=payload["code"]).order_by("-pk").first()
        return f"{alert.verdict}:{newest.public_id if newest else ''}:{newest.until if newest else ''}"

    def concerns(self, payload: Payload, user: Person) -> bool:
        return bool(alerted(payload).payer.user_id == user.pk)

    def apply(self, payload: Payload, *, key: str, actor: Person, now: datetime) -> Mapping[str, Any]:  # noqa: ARG002
        alert, code, again = alerted(payload), payload["code"], date.fromisoformat(payload["counts_again"])
        rules.lock(code)
        Pause.objects.filter(customer=alert.payer, code=code, until__gt=now).update(until=now)
        if again > business_date(now):
            Pause.objects.create(
                code=code, customer=alert.payer, alert=alert, since=now, until=begin_of(again),
                change=uuid.UUID(key.removeprefix("change:")),
            )  # fmt: skip
        return {"code": code, "counts_again": again.isoformat()}


def alerted(payload: Payload) -> Alert:
    """This function will find the alert a pause follows from; raises Refused."""
    try:
        return Alert.objects.select_related("payer").get(public_id=uuid.UUID(str(payload["alert"])))
    except (Alert.DoesNotExist, ValueError):
        raise Refused(lambda: _("There is no such alert. Start from the alert’s own page."), field="alert") from None


def live_hits(alert: Alert) -> list[Hit]:
    """This function will list what live rules found of an alert, in the order of their codes."""
    hits = alert.hits.select_related("rule").filter(rule__mode=RuleVersion.Mode.LIVE)
    return list(hits.order_by("rule__code"))


def standing_for(alert: Alert, code: str, *, now: datetime) -> Pause | None:
    """This function will find the pause of a rule that stands for an alert's payer."""
    return Pause.objects.filter(customer=alert.payer, code=code, since__lte=now, until__gt=now).first()


def reference(alert: Alert) -> str:
    """This function will give the reference of an alert's payment."""
    rows: Any = {allowance.KIND: Payment.objects, confirming.KIND: PaymentAbroad.objects}.get(
        alert.kind, Transfer.objects
    )
    found = rows.filter(public_id=alert.payment).values_list("reference", flat=True).first()
    return str(found or alert.payment)


def begin_of(day: date) -> datetime:
    """This function will give the first moment of a business date."""
    return datetime.combine(day, time(), tzinfo=ZoneInfo(settings.TIME_ZONE))
