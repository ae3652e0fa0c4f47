"""The rules in force, the starter set of the release, and publishing a new version."""

import json
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

from django.db import connection
from django.db.models import Max

from payments.monitoring.models import RuleVersion
from payments.watching import Outcome

STARTER = Path(__file__).parent / "data" / "rules.json"
BEGIN = date(2020, 1, 1)

# A scalar subquery over the business date: the newest version of each rule that has begun, those that are off left out.
# A rule that rests for the payer at the moment is off for this payment.
IN_FORCE = """
    SELECT json_agg(json_build_object('id', r.id, 'code', r.code, 'outcome', r.outcome, 'points', r.points,
                                      'condition', r.condition, 'mode',
                                      CASE WHEN EXISTS (SELECT 1 FROM monitoring_pause p
                                                         WHERE p.customer_id = :payer AND p.code = r.code
                                                           AND p.since <= :at AND p.until > :at)
                                           THEN 'off' ELSE r.mode END) ORDER BY r.code)
      FROM (SELECT DISTINCT ON (v.code) v.* FROM monitoring_ruleversion v
             WHERE v.counts_from <= %s::date ORDER BY v.code, v.version DESC) r
     WHERE r.mode <> 'off'
"""


def in_force_for(payment: str) -> str:
    """This function will give the subquery of the rules in force for the payment that a row of SQL holds."""
    return IN_FORCE.replace(":payer", f"{payment}.payer").replace(":at", f"{payment}.at")


@dataclass(frozen=True, slots=True)
class Starter:
    """A rule of the release, as the data file writes it."""

    code: str
    mode: str
    outcome: Outcome
    points: int
    condition: Mapping[str, Any]
    title_zh: str
    title_en: str


@lru_cache(maxsize=1)
def starters() -> Sequence[Starter]:
    """This function will read the starter rules of the release."""
    return [
        Starter(**{**row, "outcome": Outcome[row["outcome"]]})
        for row in json.loads(STARTER.read_text(encoding="utf-8"))
    ]


def load(*, now: datetime) -> int:
    """This function will add the starter rules that the bank does not know yet, and answer how many it added."""
    known = set(RuleVersion.objects.values_list("code", flat=True))
    new = [one for one in starters() if one.code not in known]
    RuleVersion.objects.bulk_create(
        [
            RuleVersion(
                code=one.code, version=1, mode=one.mode, outcome=one.outcome, points=one.points,
                condition=one.condition, title_zh=one.title_zh, title_en=one.title_en, counts_from=BEGIN,
                created_at=now,
            )
            for one in new
        ],
        ignore_conflicts=True,
    )  # fmt: skip
    return len(new)


def newest(code: str) -> RuleVersion | None:
    """This function will give the newest version of a rule, begun or not."""
    return RuleVersion.objects.filter(code=code).order_by("-version").first()


def counting(code: str, *, on: date) -> RuleVersion | None:
    """This function will give the version of a rule that counts on a business date; newer ones may not have begun."""
    return RuleVersion.objects.filter(code=code, counts_from__lte=on).order_by("-version").first()


def in_force(*, on: date) -> list[RuleVersion]:
    """This function will list the versions that count on a business date, those switched off included."""
    return list(RuleVersion.objects.filter(counts_from__lte=on).order_by("code", "-version").distinct("code"))


def lock(code: str) -> None:
    """This function will keep everybody else from adding a version to a rule until the transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended('monitoring.rule:' || %s, 0))", [code])


def publish(
    *,
    code: str,
    mode: str,
    outcome: Outcome,
    points: int,
    condition: Mapping[str, Any],
    counts_from: date,
    change: uuid.UUID | None = None,
    now: datetime,
) -> RuleVersion:
    """This function will add a version to a rule inside the caller's transaction; its titles stay.

    Raises RuleVersion.DoesNotExist for a rule nobody has written.
    """
    lock(code)
    last = RuleVersion.objects.filter(code=code).aggregate(Max("version"))["version__max"]
    before = RuleVersion.objects.get(code=code, version=last)
    return RuleVersion.objects.create(
        code=code,
        version=last + 1,
        mode=mode,
        outcome=outcome,
        points=points,
        condition=condition,
        title_zh=before.title_zh,
        title_en=before.title_en,
        counts_from=counts_from,
        change=change,
        created_at=now,
    )
