"""The kind of change that puts a new version of a rule in force: two people, on the very draft that was tried."""

import json
import uuid
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.utils import timezone
from django.utils.translation import get_language, gettext_lazy, ngettext, pgettext_lazy
from django.utils.translation import gettext as _

from core.changes.errors import Refused
from core.changes.kinds import Approvals, ChosenAt, Line, Payload, Preview
from core.reviews.subject import Person, Text
from core.ui import formats
from ledger.calendar import business_date
from payments.monitoring import backtest, rules, trials, words
from payments.monitoring.models import OUTCOMES, RuleVersion, Trial
from payments.watching import Outcome

KIND = "monitoring.rule"
FARTHEST = 366  # days ahead a version may be dated
WEAKENS = "weakens"


class RuleChange:
    """Payload: trial (the public id of a draft that was tried), counts_from (ISO date)."""

    label: Text = gettext_lazy("Rule against fraud")
    hint: Text = gettext_lazy("Which payments are noticed, and what becomes of them.")
    lasting = True  # drafts and versions stay as they are
    chosen_at = ChosenAt("admin:monitoring_ruleversion_changelist", "trial")

    def key(self, payload: Payload) -> str:
        return tried(payload).code

    def title(self, payload: Payload) -> str:
        trial = tried(payload)
        return f"{trial.code} v{trial.based_on + 1} ({payload['counts_from']})"

    def approvals(self, payload: Payload, *, now: datetime) -> Approvals:
        trial = tried(payload)
        before = [rules.newest(trial.code), rules.counting(trial.code, on=business_date(now))]
        return Approvals(2, (WEAKENS,)) if any(one and weakens(trial, one) for one in before) else Approvals(1)

    def why(self, code: str) -> Text:  # noqa: ARG002 - there is one
        return _("A rule that counts would do less than it does now.")

    def validate(self, payload: Payload, *, now: datetime) -> None:
        trial, today = tried(payload), business_date(now)
        if trial.state == Trial.State.WAITING:
            raise Refused(lambda: _("The draft is still being tried. Ask once its result is there."), field="trial")
        if trial.state == Trial.State.FAILED:
            raise Refused(lambda: _("The draft could not be tried, so nobody knows what it would do."), field="trial")
        if trials.is_stale(trial, now=now):
            raise Refused(lambda: _("The draft was tried too long ago. Try it once more."), field="trial")
        before = rules.newest(trial.code)
        if before is None or before.version != trial.based_on:
            raise Refused(
                lambda: _("The rule was changed since this draft was made. Make a new draft from what counts now."),
                field="trial",
            )
        if trials.changes_nothing(trial, before):
            raise Refused(lambda: _("The rule says this already."), field="trial")
        since = date.fromisoformat(payload["counts_from"])
        if since < today:
            raise Refused(
                lambda: _("The day lies in the past. A rule counts from today on at the earliest."), field="counts_from"
            )
        if (since - today).days > FARTHEST:
            raise Refused(lambda: _("The day lies more than a year ahead."), field="counts_from")

    def present(self, payload: Payload, *, now: datetime) -> Preview:
        trial, language, today = tried(payload), get_language(), business_date(now)
        before = RuleVersion.objects.get(code=trial.code, version=trial.based_on)
        since = date.fromisoformat(payload["counts_from"])
        report, shown = trials.loaded(trial), f"{trial.code} · {before.title}"
        return Preview(
            [
                Line(pgettext_lazy("monitoring", "Rule"), shown, shown),
                Line(pgettext_lazy("monitoring", "Version"), str(trial.based_on + 1), str(before.version)),
                Line(pgettext_lazy("monitoring", "Mode"), trial.get_mode_display(), before.get_mode_display()),
                Line(gettext_lazy("What becomes of a payment"), OUTCOMES[trial.outcome], OUTCOMES[before.outcome]),
                Line(pgettext_lazy("monitoring", "Points"), str(trial.points), str(before.points)),
                Line(
                    gettext_lazy("It hits when"),
                    words.condition(trial.condition, today),
                    words.condition(before.condition, today),
                ),
                Line(
                    gettext_lazy("Counts from"), formats.day(since, language), formats.day(before.counts_from, language)
                ),
            ],
            [*found(report), _tried_by(trial)],
        )

    def digest(self, payload: Payload, *, lock: bool = False) -> str:
        trial = tried(payload)
        if lock:
            rules.lock(trial.code)
        before = rules.newest(trial.code)
        return json.dumps([before.version if before else 0, trial.state])

    def concerns(self, payload: Payload, user: Person) -> bool:  # noqa: ARG002 - a rule is about nobody in particular
        return False

    def apply(self, payload: Payload, *, key: str, actor: Person, now: datetime) -> Mapping[str, Any]:  # noqa: ARG002
        trial = tried(payload)
        version = rules.publish(
            code=trial.code,
            mode=trial.mode,
            outcome=Outcome(trial.outcome),
            points=trial.points,
            condition=trial.condition,
            counts_from=date.fromisoformat(payload["counts_from"]),
            change=uuid.UUID(key.removeprefix("change:")),
            now=now,
        )
        return {"code": version.code, "version": version.version, "from": version.counts_from.isoformat()}


def tried(payload: Payload) -> Trial:
    """This function will find the draft a change is about; raises Refused."""
    try:
        return Trial.objects.get(public_id=uuid.UUID(str(payload["trial"])))
    except (Trial.DoesNotExist, ValueError):
        raise Refused(lambda: _("There is no such draft. Make one from the rule’s page."), field="trial") from None


def weakens(trial: Trial, before: RuleVersion) -> bool:
    """This function will say whether a rule that counts would stop, or do less to the payments it hits.

    Whether another condition hits fewer payments is not judged: the back-test beside the change shows it.
    """
    if before.mode != RuleVersion.Mode.LIVE:
        return False
    return trial.mode != RuleVersion.Mode.LIVE or trial.outcome < before.outcome or trial.points < before.points


def found(report: backtest.Report) -> list[str]:
    """This function will say in sentences what a back-test found."""
    language = get_language()
    span = {"since": formats.day(report.since, language), "until": formats.day(report.until, language)}
    if not report.judged:
        return [_("Tried on the payments from %(since)s to %(until)s: there was none to judge.") % span]
    said = [
        ngettext(
            "Tried on the payments from %(since)s to %(until)s: it hits %(hits)s of %(judged)s payment (%(share)s).",
            "Tried on the payments from %(since)s to %(until)s: it hits %(hits)s of %(judged)s payments (%(share)s).",
            report.judged,
        )
        % {**span, "hits": f"{report.hits:,}", "judged": f"{report.judged:,}", "share": words.percent(report.rate)}
    ]
    said += [
        _("Money: %(hit)s of %(moved)s (%(share)s).")
        % {
            "hit": words.money(report.hit_moved[currency], currency),
            "moved": words.money(moved, currency),
            "share": words.percent(report.share_of_amount(currency)),
        }
        for currency, moved in sorted(report.moved.items())
    ]
    if report.unmeasured:
        said.append(_("Not measured, for want of a rate on their day: %(number)d.") % {"number": report.unmeasured})
    if report.precision is not None or report.recall is not None:
        said.append(
            _(
                "Held against what colleagues decided: right in %(precision)s of its hits, and it finds %(recall)s of "
                "the frauds."
            )
            % {"precision": words.percent(report.precision), "recall": words.percent(report.recall)}
        )
    else:
        said.append(_("Colleagues have decided about none of these payments, so nobody knows how often it is right."))
    return said


def _tried_by(trial: Trial) -> str:
    return _("Tried by %(who)s on %(day)s.") % {
        "who": trial.asked_by,
        "day": formats.moment(timezone.localtime(trial.asked_at), get_language()),
    }
