"""Figures of the review desk, changes by two people, staff, working days and the help centre."""

from contextlib import suppress
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.test import Client
from django.urls import reverse

from accounts.guidance import services as guidance
from accounts.guidance.models import Article
from accounts.staff import queries as staff
from accounts.staff import services as people
from accounts.staff.models import AccessReview
from core.changes import services as changes
from core.reviews import bands, calendar
from core.reviews import services as reviews
from core.reviews.errors import DeskFull
from core.reviews.models import Case
from core.reviews.rules import Rule
from core.reviews.services import opening
from core.workdays.checks import missing_year
from tests.factories import changes as make
from tests.factories import identity
from tests.factories import reviews as matters
from tests.house.figures.ground import Ground, Observe, Watch

RULE = Rule(steps=(("reviewer",),), hours=10, claim_minutes=30)


def promised(ground: Ground) -> Any:
    """When ten hours of working time are over that begin before the desk opens."""
    return calendar.due(hours=10, now=ground.now.replace(hour=1, minute=0))


def answer_by(ground: Ground) -> Any:
    matters.new_world()
    reviewer = ground.staff("reviewer")
    case = matters.open_matter(now=ground.now)
    reviews.claim(public_id=case.public_id, user=reviewer, now=ground.now)
    return reviews.ask(public_id=case.public_id, user=reviewer, codes=["why"], now=ground.now).answer_by


def cases_on_one_desk(ground: Ground) -> int:
    """How many of three cases somebody can claim."""
    matters.new_world()
    reviewer, claimed = ground.staff("reviewer"), 0
    for number in range(3):
        case = matters.open_matter(str(number), now=ground.now)
        with suppress(DeskFull):
            reviews.claim(public_id=case.public_id, user=reviewer, now=ground.now)
            claimed += 1
    return claimed


def pulse(ground: Ground) -> Any:
    client = identity.enter(Client(), ground.staff("reviewer"))
    return client.get(reverse("admin:reviews_case_changelist")).context["pulse_seconds"]


def banded(name: str) -> Observe:
    """Who approves something small and something very large."""
    return lambda ground: [
        bands.rule(name=name, amount=Decimal(amount), on=ground.today, hours=1, claim_minutes=1).steps
        for amount in (1, 10_000_000)
    ]


def rule_of_a_change(ground: Ground) -> Any:
    return changes.rule_for(kind="policy.figure", payload=make.figure(since=ground.today), now=ground.now)


def invited_until(ground: Ground) -> Any:
    with transaction.atomic():
        return people._invitation(ground.staff("reviewer"), ground.staff("administrator"), ground.now).expires_at


def overdue(ground: Ground) -> bool:
    AccessReview.objects.create(
        period="2026Q3", confirmed_by=ground.staff("manager"), confirmed_at=ground.now - timedelta(days=120),
        lines=[], digest="d" * 64,
    )  # fmt: skip
    return staff.review_overdue(now=ground.now)


def rule_of_an_article(ground: Ground) -> Any:
    article = Article.objects.create(slug="a-test", topic="money", created_at=ground.now)
    words: Any = {code: {"title": "t", "summary": "s", "body": "b"} for code in ("zh-hans", "en")}
    writer = ground.staff("service_agent")
    guidance.write(article=article, texts=words, user=writer, now=ground.now)
    edition = guidance.send(article=article, user=writer, now=ground.now)
    rule = Case.objects.get(subject_id=str(edition.public_id)).frozen_rule
    return rule.hours, rule.claim_minutes


WATCHED: dict[str, Watch] = {
    "review.open_cases_most": Watch(cases_on_one_desk, changed="1"),
    "review.desk_opens_hour": Watch(promised, changed="9"),
    "review.desk_closes_hour": Watch(promised, changed="9"),
    "review.warn_percent": Watch(lambda ground: opening._begun(RULE, ground.now)["warn_at"], changed="50"),
    "review.answer_days": Watch(answer_by),
    "review.pulse_seconds": Watch(pulse),
    **{
        f"review.bands.{one}": Watch(banded(one), changed="manager")
        for one in ("books.cny", "books.czk", "clearing.cny")
    },
    "changes.expires_days": Watch(rule_of_a_change),
    "changes.due_hours": Watch(rule_of_a_change),
    "changes.claim_minutes": Watch(rule_of_a_change),
    "staff.invitation_hours": Watch(invited_until),
    "staff.access_review_days": Watch(overdue),
    "guidance.review_due_hours": Watch(rule_of_an_article),
    "guidance.claim_minutes": Watch(rule_of_an_article),
    "workdays.notice_days": Watch(lambda _ground: missing_year(date(2026, 11, 23)), changed="63"),
}
