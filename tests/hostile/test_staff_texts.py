"""Texts that staff write are text: what looks like a template is shown as it was typed (ASVS 1.3.7)."""

from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.core import mail
from django.core.management import call_command
from django.test import Client
from django.urls import reverse

from accounts.guidance import services as guidance
from accounts.guidance.models import Article
from accounts.models import User
from core.outbox import relay
from core.reviews.models import Case
from tests.factories import changes
from tests.factories import identity as desk

pytestmark = pytest.mark.django_db(transaction=True)
SEEDS = "{{ settings.SECRET_KEY }} {% load static %}{% now 'Y' %} {{ 7|add:7 }} ${7*7} %(name)s {0.__class__}"
SHOWN = "{{ settings.SECRET_KEY }} {% load static %}{% now &#x27;Y&#x27; %} {{ 7|add:7 }} ${7*7} %(name)s {0.__class__}"

KEY = "what-nobody-outside-may-ever-read-0123456789"


@pytest.fixture(autouse=True)
def _monday(now: datetime, settings: Any, tmp_path: Path) -> Any:
    settings.MEDIA_ROOT, settings.SECRET_KEY = tmp_path, KEY
    with time_machine.travel(now, tick=False):
        yield


def test_a_published_help_article_is_text(now: datetime) -> None:
    call_command("load_guidance", verbosity=0)
    article = Article.objects.get(slug="send-money")
    words = article.editions.get().texts
    seeded = {code: {**parts, "summary": SEEDS, "steps": f"{SEEDS}\nDone"} for code, parts in words.items()}
    writer = desk.make_staff("writer@example.com", "service_agent")
    guidance.write(article=article, texts=seeded, user=writer, now=now)
    guidance.send(article=article, user=writer, now=now)
    desk.decide_now(
        Case.objects.get(subject=guidance.SUBJECT), desk.make_staff("second@example.com", "approver"), now=now
    )
    relay.drain(now=now)
    for url in (reverse("help_article", args=["send-money"]), reverse("help")):
        page = Client(headers={"accept-language": "en"}).get(url).content.decode()
        assert SHOWN in page, url
        assert KEY not in page


def test_a_reason_that_the_desk_reworded_is_text_on_the_page_and_in_the_letter(now: datetime) -> None:
    customer = desk.make_customer(now=now)
    User.objects.filter(pk=customer.user_id).update(language="en")
    desk.send(customer, now=now)
    relay.drain(now=now)
    payload = changes.words(f"identity/{desk.REASON}", since=now.date(), tells_en=SEEDS)
    asker, approver = changes.staff("risk_officer"), changes.staff("approver")
    made = changes.carried_out("review.reason", payload, by=asker, approved_by=[approver], now=now)
    assert made.state == "applied", made.outcome
    case = Case.objects.get(subject="identity")
    desk.decide_now(case, desk.make_staff("reviewer@example.com", "reviewer"), "decline", now=now)
    relay.drain(now=now)
    relay.drain(now=now)
    browser = Client(headers={"accept-language": "en"})
    browser.force_login(customer.user)  # type: ignore[arg-type]
    page = browser.get(reverse("identity_status")).content.decode()

    assert SHOWN in page
    assert KEY not in page
    letters = [letter.body for letter in mail.outbox if SEEDS in letter.body]
    assert letters, [letter.body for letter in mail.outbox]
