"""What a rule would have found among the payments of a span."""

import json
from argparse import ArgumentParser
from collections.abc import Mapping
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils import timezone

from core.policy.models import Figure
from ledger.calendar import business_date
from ledger.money import Money
from payments.monitoring import backtest, conditions, measures
from payments.monitoring.models import Alert, RuleVersion

FRAUD, FALSE_ALARM = Alert.Verdict.FRAUD, Alert.Verdict.FALSE_ALARM


class Command(BaseCommand):
    """Replays transfers to other customers against one version of a rule, or a draft in a file. Changes nothing."""

    help = "Say what a rule would have found among the transfers of some business dates. Changes nothing."

    def add_arguments(self, parser: ArgumentParser) -> None:
        which = parser.add_mutually_exclusive_group(required=True)
        which.add_argument("--rule", help="code of a rule, such as F01")
        which.add_argument("--draft", type=Path, help="a file with a condition (docs/monitoring.md)")
        parser.add_argument("--number", type=int, help="which version of the rule; the newest without it")
        parser.add_argument("--from", dest="since", type=date.fromisoformat, help="first date; 30 days ago without it")
        parser.add_argument("--to", dest="until", type=date.fromisoformat, help="last date; today without it")

    def handle(self, *args: Any, **options: Any) -> None:
        name, condition = self._condition(options)
        until = options["until"] or business_date(timezone.now())
        since = options["since"] or until - timedelta(days=30)
        if since > until:
            raise CommandError(f"{since} is after {until}.")
        report = backtest.run(condition, since=since, until=until, told=self._progress)
        self.stdout.write("\n".join(lines(name, report)))

    def _condition(self, options: Mapping[str, Any]) -> tuple[str, Mapping[str, Any]]:
        if options["rule"]:
            versions = RuleVersion.objects.filter(code=options["rule"])
            if options["number"]:
                versions = versions.filter(version=options["number"])
            version = versions.order_by("-version").first()
            if version is None:
                raise CommandError("There is no such rule, or no such version of it.")
            return str(version), version.condition
        try:
            condition = json.loads(options["draft"].read_text(encoding="utf-8"))
            conditions.check(
                condition,
                measures=measures.MEASURES,
                figures=set(Figure.objects.filter(key__startswith="monitoring.").values_list("key", flat=True)),
            )
        except (OSError, ValueError, RecursionError) as refusal:
            raise CommandError(f"The draft cannot be tested: {refusal}") from refusal
        return f"draft {options['draft'].name}", condition

    def _progress(self, judged: int) -> None:
        self.stderr.write(f"{judged} payments judged")


def lines(name: str, report: backtest.Report) -> list[str]:
    """This function will write a report for a terminal."""
    found = [
        f"{name}, business dates {report.since} to {report.until}",
        f"Judged       {report.judged:>10}",
        f"Hit          {report.hits:>10}   {_percent(report.rate)} of the payments",
        *(
            f"Money {currency}    {_money(report.hit_moved[currency], currency)} of {_money(moved, currency)}"
            f"   {_percent(report.share_of_amount(currency))}"
            for currency, moved in sorted(report.moved.items())
        ),
    ]
    if report.unmeasured:
        found.append(f"Not measured {report.unmeasured:>10}   no rate on their day")
    found += ["", "By day", *(f"{day}   {hits:>10}" for day, hits in sorted(report.days.items()))]
    labels = report.labels
    found += [
        "",
        "Decided by people          hit    not hit",
        f"Suspicion confirmed {labels[FRAUD, True]:>10} {labels[FRAUD, False]:>10}",
        f"False alarm         {labels[FALSE_ALARM, True]:>10} {labels[FALSE_ALARM, False]:>10}",
        f"Precision {_percent(report.precision)}, recall {_percent(report.recall)}",
        "",
        "Examples",
        *(
            f"{one.at:%Y-%m-%d %H:%M:%S%z} {one.payment} {_money(one.amount, one.currency)} "
            + ", ".join(f"{key} {_number(value)}" for key, value in one.measured.items())
            for one in report.examples
        ),
    ]
    return found


def _percent(share: float | None) -> str:
    return "unknown" if share is None else f"{share:.2f} %"


def _money(amount: int, currency: str) -> str:
    return f"{Money(amount, currency).decimal:,} {currency}"


def _number(value: Any) -> str:
    if value is None or isinstance(value, int):
        return "unknown" if value is None else str(value)
    return f"{value:g}"
