"""The pages: the link signed out and signed in, asking, declining; what is another's does not exist."""

import re
import uuid
from datetime import datetime, timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from ledger.calendar import business_date
from ledger.models import Entry
from payments.models import Transfer
from payments.requests.models import MoneyRequest
from payments.requests.services import keeping
from payments.services import transfers
from tests.factories import identity
from tests.factories import payments as make
from tests.factories import requests as factory
from tests.factories.policy import add_figure
from tests.payments.conftest import code_now
from tests.requests.conftest import People, paid, two_people

pytestmark = pytest.mark.django_db


@pytest.fixture
def now() -> datetime:
    return timezone.now()


@pytest.fixture
def people(db: None, now: datetime) -> People:
    made = two_people(now)
    make.enrol(made.payer)
    return made


def visitor() -> Client:
    return Client(headers={"accept-language": "en"})


def as_(who: object) -> Client:
    return identity.enter(visitor(), who.user)  # type: ignore[attr-defined]


def link(request: MoneyRequest) -> str:
    return reverse("request_link", args=[request.token])


def test_signed_out_only_what_must_be_seen_is_seen(people: People, now: datetime) -> None:
    request = factory.asked(people.asker, people.to, now=now)
    answer = visitor().get(link(request))
    text = answer.content.decode()
    assert answer.status_code == 200
    for shown in ("*明", "¥</span>88.00", "Dinner on Friday", "Sign in and pay"):
        assert shown in text
    for hidden in ("李明", people.to.number, people.to.number[-4:], str(request.public_id), str(people.to.public_id)):
        assert hidden not in text
    assert "noindex" in answer["X-Robots-Tag"]
    assert "no-store" in answer["Cache-Control"]
    assert people.to.number not in link(request)


def bare(answer: object) -> str:
    own = r'(csrfmiddlewaretoken" value|nonce|content|data-session-warning)="[^"]*"|/ask/[^"&]*'
    return re.sub(own, "", answer.content.decode())  # type: ignore[attr-defined]


def test_what_cannot_be_paid_looks_like_what_was_never_asked(people: People, now: datetime) -> None:
    """Paid, cancelled, declined, late, unknown and cut off: one answer, signed out and signed in."""
    done = factory.asked(people.asker, people.to, now=now)
    other = make.customer("张三", now=now)
    paid(done, other, make.account(other, balance=500_00, now=now), now)
    gone = factory.asked(people.asker, people.to, now=now)
    keeping.cancel(customer=people.asker, request_id=gone.public_id, now=now)
    late = factory.asked(people.asker, people.to, days=0, now=now - timedelta(days=1))
    no = factory.asked(people.asker, people.to, address=people.source.number, now=now)
    keeping.decline(customer=people.payer, request_id=no.public_id, reason="amount", now=now)
    tokens = [one.token for one in (done, gone, late, no)] + ["A" * 32, "A" * 31, "x", done.token[:-1]]
    for browser, name in (
        (visitor(), "request_link"),
        (as_(people.payer), "request_link"),
        (as_(people.payer), "request_pay"),
    ):
        answers = [browser.get(reverse(name, args=[token])) for token in tokens]
        assert {answer.status_code for answer in answers} == {404}
        assert len({bare(answer) for answer in answers}) == 1


def test_whoever_opens_links_by_the_dozen_waits(people: People, now: datetime) -> None:
    add_figure("request.looks_per_minute", "3", type="int", unit="looks", now=now)
    request = factory.asked(people.asker, people.to, now=now)
    browser = visitor()
    codes = [browser.get(reverse("request_link", args=[token])).status_code for token in ("A" * 32, "B" * 32, "C" * 32)]
    waits = browser.get(link(request))
    assert codes == [404] * 3
    assert waits.status_code == 429
    assert 0 < int(waits["Retry-After"]) <= 60
    assert visitor().get(link(request), REMOTE_ADDR="198.51.100.7").status_code == 200, "others are not slowed"


def test_from_the_link_to_the_receipt(people: People, now: datetime) -> None:
    request = factory.asked(people.asker, people.to, now=now)
    outside = visitor().get(reverse("request_pay", args=[request.token]))
    assert outside.status_code == 302
    assert reverse("request_pay", args=[request.token]) in outside["Location"], "signing in leads back here"
    browser = as_(people.payer)
    place = reverse("request_pay", args=[request.token])
    page = browser.get(place).content.decode()
    assert "You have not paid this person before" in page
    typed = {"key": re.findall(r'name="key" value="([^"]+)"', page)[0], "source": str(people.source.public_id)}
    refused = browser.post(place, typed)
    assert "Tick the box if you are sure" in refused.content.decode()
    assert not Transfer.objects.exists()
    check = browser.post(place, {**typed, "sure": "on", "amount": "1"})["Location"]
    assert check == browser.post(place, {**typed, "sure": "on"})["Location"], "a double click is one draft"
    text = browser.get(check).content.decode()
    for shown in ("*明 asked you for this", "Dinner on Friday", "¥</span>88.00"):
        assert shown in text
    assert browser.get(f"{reverse('transfer')}?draft={check.split('/')[2]}")["Location"] == place, (
        "changed where it came from"
    )
    (question,) = re.findall(r'name="stepup-challenge" value="([0-9a-f-]{36})"', text)
    done = browser.post(check, {"stepup-challenge": question, "stepup-code": code_now(timezone.now())})["Location"]
    assert done.startswith("/receipts/")
    assert browser.get(place)["Location"] == done, "the link leads its payer to the receipt"
    assert "Rather than" not in browser.get(done).content.decode()
    assert Entry.objects.filter(kind=transfers.KIND).count() == 1
    mine = as_(people.asker).get(reverse("request", args=[request.public_id])).content.decode()
    assert "王小明" in mine
    assert "data-copy" not in mine, "a request that is paid is no longer shared"
    assert "Dinner on Friday" in browser.get(reverse("requests")).content.decode()


def test_words_of_swindlers_are_named(people: People, now: datetime) -> None:
    for words in ("请转入安全账户", "Ｓafe account transfer", "解 冻 费"):
        request = factory.asked(people.asker, people.to, words=words, now=now)
        page = as_(people.payer).get(reverse("request_pay", args=[request.token])).content.decode()
        assert "This looks like what swindlers write" in page, words


def test_asking_from_form_to_code(people: People, now: datetime) -> None:
    browser = as_(people.asker)
    page = browser.get(reverse("request_new")).content.decode()
    typed = {
        "key": re.findall(r'name="key" value="([^"]+)"', page)[0], "destination": str(people.to.public_id),
        "amount": "1.5万", "words": "<b>Rent</b>", "who": "anybody", "people": "3",
        "last_day": business_date(now).isoformat(), "address": "ignored here",
    }  # fmt: skip
    made = browser.post(reverse("request_new"), typed)
    assert made.status_code == 302, made.content.decode()
    assert browser.post(reverse("request_new"), typed)["Location"] == made["Location"]
    text = browser.get(made["Location"]).content.decode()
    request = MoneyRequest.objects.get()
    assert (request.amount, request.people, request.addressed_to) == (15_000_00, 3, "")
    assert f"/ask/{request.token}/" in text
    assert "<svg" in text
    assert "&lt;b&gt;Rent&lt;/b&gt;" in text
    assert "style=" not in text
    for field, value, said in (
        ("words", "see www.evil.cn", "The words hold a web address"),
        ("words", "", "Say in a few words what it is for"),
        ("amount", "-1", "id_amount_error"),
        ("last_day", "2020-01-01", "The last day is today at the earliest"),
        ("people", "999", "people can be asked at once"),
        ("destination", str(uuid.uuid4()), "This account cannot get the money"),
    ):
        answer = browser.post(reverse("request_new"), {**typed, "key": str(uuid.uuid4()), field: value})
        assert answer.status_code == 200
        assert said in answer.content.decode(), field
    one = browser.post(reverse("request_new"), {**typed, "key": str(uuid.uuid4()), "who": "one", "address": "nobody"})
    assert "neither a mobile number nor an account number" in one.content.decode()
    assert MoneyRequest.objects.count() == 1


def test_the_one_who_was_asked_declines_and_is_never_asked_again(people: People, now: datetime) -> None:
    request = factory.asked(people.asker, people.to, address=people.source.number, now=now)
    browser = as_(people.payer)
    assert "*明" in browser.get(reverse("requests")).content.decode()
    place = reverse("request_received", args=[request.public_id])
    page = browser.get(place).content.decode()
    assert reverse("request_pay", args=[request.token]) in page
    wrong = browser.post(reverse("request_decline", args=[request.public_id]), {})
    assert "Reason" in wrong.content.decode()
    browser.post(reverse("request_decline", args=[request.public_id]), {"reason": "not_mine", "never_again": "on"})
    request.refresh_from_db()
    assert (request.state, request.reason) == ("declined", "not_mine")
    assert reverse("request_pay", args=[request.token]) not in browser.get(place).content.decode()
    assert (
        "This is not for me to pay"
        in as_(people.asker).get(reverse("request", args=[request.public_id])).content.decode()
    )
    refused = people.payer.refused_askers.get()
    assert browser.post(reverse("request_allow", args=[refused.public_id])).status_code == 302
    assert not people.payer.refused_askers.exists()


def test_lists_ask_as_many_questions_for_three_as_for_one(people: People, now: datetime) -> None:
    def fill() -> None:
        request = factory.asked(people.asker, people.to, people=5, amount=1_00, now=now)
        paid(request, people.payer, people.source, now)
        factory.asked(people.asker, people.to, address=people.source.number, now=now)
        factory.asked(people.payer, people.source, now=now)
        factory.refused(make.customer("x", now=now), now=now)

    def count(address: str) -> int:
        browser.get(address)
        with CaptureQueriesContext(connection) as asked:
            assert browser.get(address).status_code == 200
        return len(asked)

    browser = as_(people.payer)
    fill()
    first = count(reverse("requests"))
    fill()
    fill()
    assert count(reverse("requests")) == first
