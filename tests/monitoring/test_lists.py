"""What the rules found, as colleagues look it up: lists without a question for each row, and the wall rule by rule."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone, translation

from core.outbox import Fact
from core.reviews.models import Case
from payments.models import Holding, Transfer
from payments.monitoring import handlers, wall, words
from payments.monitoring.models import Alert, Hit, RuleVersion
from payments.watching import Outcome
from tests.factories import changes as make
from tests.factories import identity as people
from tests.factories import monitoring as drafts
from tests.factories import payments as money

pytestmark = pytest.mark.django_db


def alert(number: int, now: datetime, rule: RuleVersion, *, verdict: str = "", held: bool = False) -> Alert:
    """A payment of somebody that one rule hit."""
    pair = money.pair(now=now)
    kept = money.held(pair, 10_00 + number, now=now)
    if not held:
        kept.delete()
    made = Alert.objects.create(
        kind="customer", payment=kept.payment, payer=pair.payer, amount=10_00 + number, currency="CNY",
        outcome=Outcome.REVIEW, points=0, judged_at=now, verdict=verdict,
        decided_at=now + timedelta(minutes=number) if verdict else None,
    )  # fmt: skip
    Hit.objects.create(alert=made, rule=rule, measured={"amount": 10_00 + number})
    return made


def test_the_wall_counts_hits_decisions_and_how_often_a_rule_was_right(now: datetime) -> None:
    shadow = RuleVersion.objects.get(code="F01", version=1)
    live = drafts.live(now=now)
    for number, verdict in enumerate(("fraud", "fraud", "false", ""), start=1):
        alert(number * 10, now, live, verdict=verdict, held=number == 4)
    alert(7, now, shadow)
    alert(8, now - timedelta(days=31), live)
    found = wall.of(days=30, now=now + timedelta(days=1))
    row = next(row for row in found.rows if row.rule.code == "F01")
    assert (row.live, row.shadow, row.held, row.decided, row.fraud, row.false) == (4, 1, 1, 3, 2, 1)
    assert (round(row.precision or 0), row.shown_median) == (67, "20 minutes")
    assert (found.alerts, found.open, found.oldest) == (5, 3, now - timedelta(days=31))
    assert [(one.currency, one.moved, one.held) for one in found.money] == [("CNY", 10_40, 10_40)]
    silent = next(row for row in found.rows if row.rule.code == "F19")
    assert (silent.live, silent.precision, silent.shown_median) == (0, None, "")
    assert len(found.rows) == len({row.rule.code for row in found.rows})


@pytest.mark.parametrize(
    "name",
    [
        "monitoring_alert_changelist",
        "monitoring_ruleversion_changelist",
        "payments_holding_changelist",
        "monitoring_wall",
    ],
)
def test_no_list_asks_for_each_row(
    name: str, client: Client, django_assert_max_num_queries: Any, django_assert_num_queries: Any, unhurried: None
) -> None:
    now = timezone.now()
    people.enter(client, make.staff("risk_officer"))
    rule = drafts.live(now=now)
    counts = []
    for number in range(1, 4):
        alert(number, now, rule, held=True)
        if number == 2:
            continue
        client.get(reverse(f"admin:{name}"))
        with django_assert_max_num_queries(60) as asked:
            assert client.get(reverse(f"admin:{name}")).status_code == 200
        counts.append(len(asked))
    assert counts[0] == counts[1]


def test_a_rule_is_told_in_words_with_the_figures_of_the_day(now: datetime) -> None:
    condition = RuleVersion.objects.get(code="F01", version=1).condition
    with translation.override("en"):
        assert words.condition(condition, now.date()) == (
            "Hours since the payee was put on the list; 0 when not on it < 24 and Amount ≥ ¥10,000.00"
        )
        assert "(Hour of the day ≥ 23:00 or Hour of the day < 6:00)" in words.condition(
            RuleVersion.objects.get(code="F09", version=1).condition, now.date()
        )
    with translation.override("zh-hans"):
        assert "Amount" not in words.condition(condition, now.date())


def test_a_held_payment_that_its_payer_took_back_waits_on_the_desk_until_it_is_decided(now: datetime) -> None:
    made = alert(1, now, drafts.live(now=now), held=True)
    Alert.objects.update(outcome=Outcome.CONFIRM)
    assert wall.of(days=7, now=now).open == 0
    Holding.objects.update(state="given_back", ended_at=now, ended_by="customer")
    assert (wall.of(days=7, now=now).open, wall.of(days=7, now=now).oldest) == (1, now)
    Alert.objects.filter(pk=made.pk).update(verdict="false", decided_at=now)
    assert wall.of(days=7, now=now).open == 0


def test_an_alert_is_found_by_reference_rule_and_mode_and_leads_to_its_case(client: Client) -> None:
    now = timezone.now()
    shadow, live = RuleVersion.objects.get(code="F01", version=1), drafts.live(now=now)
    one, other = alert(1, now, live, held=True), alert(2, now, shadow, held=True)
    called = {str(made.pk): Transfer.objects.get(public_id=made.payment).reference for made in (one, other)}
    handlers.open_case(Fact(1, "monitoring.alerted", {"alert": str(one.public_id)}, "", now, now))
    people.enter(client, make.staff("risk_officer"))

    def shown(**wanted: str) -> list[bool]:
        page = client.get(reverse("admin:monitoring_alert_changelist"), wanted).content.decode()
        return [reference in page for reference in called.values()]

    first = called[str(one.pk)]
    assert shown(q=f" {first.lower()} ") == [True, False]
    assert shown(q="T000000-NOTHING") == [False, False]
    assert shown(rule="F01", mode="live") == [True, False]
    assert shown(rule="F01", mode="shadow") == [False, True]
    assert shown(rule="F02", mode="live") == [False, False]
    later = (now + timedelta(hours=1)).isoformat(timespec="seconds")
    assert shown(judged_at__gte=later) == [False, False]
    page = client.get(reverse("admin:monitoring_alert_changelist")).content.decode()
    assert "(in shadow)" in page
    at = reverse("admin:reviews_case", args=[Case.objects.get(subject="alert").public_id])
    assert at in page
    assert client.get(at).status_code == 200
    held = client.get(reverse("admin:payments_holding_changelist"), {"q": first}).content.decode()
    assert [reference in held for reference in called.values()] == [True, False]
    people.enter(client, make.staff("auditor"))
    assert at not in client.get(reverse("admin:monitoring_alert_changelist")).content.decode()


def test_who_leads_nobody_by_name_sees_the_wall_and_no_single_payment(client: Client) -> None:
    now = timezone.now()
    alert(1, now, drafts.live(now=now), held=True)
    people.enter(client, make.staff("manager"))
    page = client.get(reverse("admin:monitoring_wall")).content.decode()
    assert "1 of " in page
    assert reverse("admin:monitoring_alert_changelist") not in page
    assert client.get(reverse("admin:monitoring_alert_changelist")).status_code == 403
