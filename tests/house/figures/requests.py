"""Figures of requests for money and templates."""

import uuid
from datetime import timedelta
from typing import Any
from unittest import mock

from django.test import RequestFactory

from payments.requests.models import MoneyRequest
from payments.requests.services import asking, keeping, templates
from payments.requests.views import asking as pages
from payments.requests.views import link
from tests.factories import requests as factory
from tests.house.figures.ground import Ground, Watch, outcome
from tests.rights.ground import confirmed


def _ask(ground: Ground, *, days: int = 1, people: int = 1, address: str = "") -> str:
    to = _account(ground)
    return outcome(
        lambda: asking.make(
            customer=ground.pair.payer,
            key=uuid.uuid4(),
            ask=factory.ask(to, days=days, people=people, address=address, now=ground.now),
            now=ground.now,
        )
    )


def _account(ground: Ground) -> Any:
    return ground.pair.source


def _made_before(ground: Ground, count: int, *, days_ago: int) -> None:
    """So many open requests, without asking for each."""
    MoneyRequest.objects.bulk_create(
        MoneyRequest(
            token=uuid.uuid4().hex.upper(), key=uuid.uuid4(), asker=ground.pair.payer, destination=ground.pair.source,
            amount=1, currency="CNY", words="x", last_day=ground.today + timedelta(days=1),
            created_at=ground.now - timedelta(days=days_ago),
        )
        for _ in range(count)
    )  # fmt: skip


def _open_most(ground: Ground) -> str:
    _made_before(ground, 50, days_ago=3)
    return _ask(ground)


def _per_day(ground: Ground) -> str:
    _made_before(ground, 30, days_ago=0)
    return _ask(ground)


def _per_address(ground: Ground) -> list[str]:
    return [_ask(ground, address=ground.pair.destination.number) for _ in range(4)]


def _reminders(ground: Ground) -> list[str]:
    pair, now = ground.pair, ground.now
    made = factory.asked(pair.payer, pair.source, address=pair.destination.number, days=60, now=now)
    return [
        outcome(
            lambda day=day: keeping.remind(  # type: ignore[misc]
                customer=pair.payer, request_id=made.public_id, now=now + timedelta(days=day)
            )
        )
        for day in range(1, 6)
    ]


def _looks(ground: Ground) -> int:
    """How many links one caller opens before they are asked to wait."""
    request = RequestFactory().get("/ask/x/", REMOTE_ADDR="192.0.2.7")
    with mock.patch.object(link, "render") as drawn:
        drawn.return_value = {}
        asked = [link._slowed(request, ground.now) is None for _ in range(70)]
    return sum(asked)


def _templates(ground: Ground) -> str:
    pair = ground.pair
    for number in range(50):
        factory.template(pair, name=f"Rent {number}", now=ground.now)
    made = confirmed(pair, ground.now)
    return outcome(lambda: templates.keep(customer=pair.payer, of=made.public_id, name="One more", now=ground.now))


WATCHED = {
    "request.open_most": Watch(_open_most),
    "request.per_day": Watch(_per_day),
    "request.per_address_per_day": Watch(_per_address),
    "request.days_usual": Watch(lambda ground: pages.usual_last_day(ground.now)),
    "request.days_most": Watch(lambda ground: _ask(ground, days=91)),
    "request.people_most": Watch(lambda ground: _ask(ground, people=51)),
    "request.reminders_most": Watch(_reminders),
    "request.looks_per_minute": Watch(_looks),
    "template.most": Watch(_templates),
}
