"""Asking: once for each form, within caps, silent about who banks here and who wants to be asked."""

import uuid
from datetime import datetime, timedelta

import pytest

from accounts.inbox.models import Notice
from accounts.models import Customer, User
from core.audit.models import Row
from core.outbox import relay
from payments.requests import addresses
from payments.requests.models import MoneyRequest, RefusedAsker
from payments.requests.refusals import (
    FormUsed,
    HasEnded,
    LastDayWrong,
    LeadsAway,
    NotAnAddress,
    OwnAddress,
    RequestRefused,
    TooManyOpen,
    TooManyPeople,
    TooManyToday,
    TooSoon,
    UnknownDestination,
    UnknownRequest,
)
from payments.requests.services import asking, keeping
from tests.factories import payments as make
from tests.factories import requests as factory
from tests.factories.policy import add_figure
from tests.requests.conftest import People, paid

pytestmark = pytest.mark.django_db


def told(who: Customer) -> list[str]:
    return list(Notice.objects.filter(user=who.user).order_by("id").values_list("event", flat=True))


def test_the_same_form_asks_once_and_another_content_is_refused(people: People, now: datetime) -> None:
    key, wanted = uuid.uuid4(), factory.ask(people.to, now=now)
    first = asking.make(customer=people.asker, key=key, ask=wanted, now=now)
    assert asking.make(customer=people.asker, key=key, ask=wanted, now=now) == first
    with pytest.raises(FormUsed):
        asking.make(customer=people.asker, key=key, ask=factory.ask(people.to, amount=1, now=now), now=now)
    assert MoneyRequest.objects.count() == 1


def test_what_is_asked_stays_within_the_figures(people: People, now: datetime) -> None:
    def ask(**given: object) -> MoneyRequest:
        return factory.asked(people.asker, people.to, now=now, **given)  # type: ignore[arg-type]

    for days in (-1, 91):
        with pytest.raises(LastDayWrong):
            ask(days=days)
    with pytest.raises(TooManyPeople):
        ask(people=51)
    with pytest.raises(UnknownDestination):
        factory.asked(people.asker, people.source, now=now)
    add_figure("request.open_most", "2", type="int", unit="requests", now=now)
    add_figure("request.per_day", "3", type="int", unit="requests", now=now)
    ask()
    second = ask()
    with pytest.raises(TooManyOpen):
        ask()
    keeping.cancel(customer=people.asker, request_id=second.public_id, now=now)
    third = ask()
    keeping.cancel(customer=people.asker, request_id=third.public_id, now=now)
    with pytest.raises(TooManyToday):
        ask()
    assert MoneyRequest.objects.count() == 3


@pytest.mark.parametrize(
    "words",
    [
        "see www.evil.cn", "https://evil.cn", "evil.com", "ask me@evil.cn", "call 138 0001 2345",
        "call １３８００012345", "pay 6222-0212-3456-7890", "ring 010-8888 9999",
    ],
)  # fmt: skip
def test_words_lead_nobody_away_from_the_bank(people: People, now: datetime, words: str) -> None:
    """Strangers read them under the bank's own name."""
    with pytest.raises(LeadsAway):
        factory.asked(people.asker, people.to, words=words, now=now)
    assert not MoneyRequest.objects.exists()


@pytest.mark.parametrize(
    "words", ["Dinner at 7.30", "十一月房租 2026-11-23", "Room 120345", "Tickets (3 × 120)", "AA 88.50"]
)
def test_ordinary_words_are_taken(words: str) -> None:
    assert not addresses.leads_away(words)


def test_whom_it_is_addressed_to_is_told_by_account_or_telephone(people: People, now: datetime) -> None:
    factory.asked(people.asker, people.to, address=people.source.number, now=now)
    assert people.payer.user is not None
    people.payer.user.keep_phone(addresses.read("13800012345").contact)
    people.payer.user.phone_verified_at = now
    people.payer.user.save()
    factory.asked(people.asker, people.to, address="138 0001-2345", now=now)
    relay.drain(now=now)
    assert told(people.payer) == ["requests.asked"] * 2
    assert set(MoneyRequest.objects.values_list("addressed_to", flat=True)) == {
        "138****2345",
        addresses.read(people.source.number).shown,
    }
    for nonsense in ("not a number", "12", "8810 0000 0000 0000"):
        with pytest.raises(NotAnAddress):
            factory.asked(people.asker, people.to, address=nonsense, now=now)
    with pytest.raises(OwnAddress):
        factory.asked(people.asker, people.to, address=people.to.number, now=now)


def seen_by_asker(request: MoneyRequest) -> dict[str, object]:
    """Everything about a request that its asker's pages can show."""
    hidden = {"id", "public_id", "token", "key", "addressee_id", "address_index", "addressed_to"}
    return {field.attname: getattr(request, field.attname) for field in MoneyRequest._meta.fields
            if field.attname not in hidden}  # fmt: skip


@pytest.mark.parametrize("whom", ["nobody", "closed", "not verified", "does not want", "too often"])
def test_asking_by_number_never_tells_who_banks_here(people: People, now: datetime, whom: str) -> None:
    """The asker reads the same, then and later, about a customer and about nobody; a reminder changes nothing."""
    known = factory.asked(people.asker, people.to, address=people.source.number, now=now)
    number = {"nobody": "13911112222"}.get(whom)
    if whom != "nobody":
        other = make.customer("张三", now=now)
        theirs = make.account(other, now=now)
        number = theirs.number
        if whom == "closed":
            theirs.status = "closed"
            theirs.save()
        elif whom == "not verified":
            Customer.objects.filter(pk=other.pk).update(standing=Customer.Standing.NEW, verified_at=None)
        elif whom == "does not want":
            RefusedAsker.objects.create(customer=other, asker=people.asker, since=now)
        else:
            assert other.user is not None
            other.user.keep_phone(addresses.read("13800099999").contact)
            other.user.phone_verified_at = now
            other.user.save()
            for _ in range(3):
                factory.asked(people.asker, people.to, address="13800099999", now=now)
    assert number is not None
    unknown = factory.asked(people.asker, people.to, address=number, now=now)
    assert unknown.addressee is None
    tomorrow = now + timedelta(days=1)
    for one in (known, unknown):
        keeping.remind(customer=people.asker, request_id=one.public_id, now=tomorrow)
    relay.drain(now=tomorrow)
    known.refresh_from_db()
    unknown.refresh_from_db()
    assert seen_by_asker(known) == seen_by_asker(unknown)
    for _ in range(2):
        factory.asked(people.asker, people.to, address=number, now=now)
    with pytest.raises(TooManyToday):
        factory.asked(people.asker, people.to, address=number, now=now)


def test_a_reminder_goes_once_a_day_and_only_so_often(people: People, now: datetime) -> None:
    request = factory.asked(people.asker, people.to, address=people.source.number, days=30, now=now)
    with pytest.raises(TooSoon):
        keeping.remind(customer=people.asker, request_id=request.public_id, now=now)
    for day in (1, 2, 3):
        at = now + timedelta(days=day)
        keeping.remind(customer=people.asker, request_id=request.public_id, now=at)
        with pytest.raises(TooSoon):
            keeping.remind(customer=people.asker, request_id=request.public_id, now=at + timedelta(hours=2))
    with pytest.raises(TooSoon) as refusal:
        keeping.remind(customer=people.asker, request_id=request.public_id, now=now + timedelta(days=4))
    assert refusal.value.enough
    relay.drain(now=now + timedelta(days=4))
    assert told(people.payer) == ["requests.asked", *["requests.reminded"] * 3]
    link = factory.asked(people.asker, people.to, now=now)
    with pytest.raises(UnknownRequest):
        keeping.remind(customer=people.asker, request_id=link.public_id, now=now + timedelta(days=1))


def test_declining_says_why_and_can_stop_the_asker(people: People, now: datetime) -> None:
    request = factory.asked(people.asker, people.to, address=people.source.number, now=now)
    args = {"request_id": request.public_id, "reason": "unknown", "now": now}
    assert keeping.decline(customer=people.payer, never_again=True, **args)  # type: ignore[arg-type]
    assert not keeping.decline(customer=people.payer, never_again=True, **args)  # type: ignore[arg-type]
    relay.drain(now=now)
    relay.drain(now=now)
    assert told(people.asker) == ["requests.declined"]
    assert "I do not know who is asking" in str(Notice.objects.get(user=people.asker.user).texts)
    again = factory.asked(people.asker, people.to, address=people.source.number, now=now)
    relay.drain(now=now)
    assert (again.addressee, told(people.payer)) == (None, []), (
        "the first was over before it was told, the second silent"
    )
    refused = people.payer.refused_askers.get()
    assert keeping.allow_again(customer=people.payer, refused_id=refused.public_id, now=now)
    assert factory.asked(people.asker, people.to, address=people.source.number, now=now).addressee == people.payer


def test_ends_exclude_one_another(people: People, now: datetime) -> None:
    request = factory.asked(people.asker, people.to, now=now)
    paid(request, people.payer, people.source, now)
    for act in (
        lambda: keeping.cancel(customer=people.asker, request_id=request.public_id, now=now),
        lambda: keeping.decline(customer=people.payer, request_id=request.public_id, reason="amount", now=now),
    ):
        with pytest.raises(RequestRefused):
            act()
    request.refresh_from_db()
    assert request.state == "paid"
    late = factory.asked(people.asker, people.to, address=people.source.number, days=0, now=now)
    with pytest.raises(HasEnded):
        keeping.decline(customer=people.payer, request_id=late.public_id, reason="amount", now=now + timedelta(days=1))


def test_cancelling_is_audited_once_and_tells_whom_it_was_meant_for(people: People, now: datetime) -> None:
    request = factory.asked(people.asker, people.to, address=people.source.number, now=now)
    assert keeping.cancel(customer=people.asker, request_id=request.public_id, now=now)
    assert not keeping.cancel(customer=people.asker, request_id=request.public_id, now=now)
    with pytest.raises(UnknownRequest):
        keeping.cancel(customer=people.payer, request_id=request.public_id, now=now)
    relay.drain(now=now)
    assert told(people.payer) == ["requests.cancelled"]
    assert Row.objects.filter(act="requests.cancelled").count() == 1


def test_the_link_says_nothing_of_the_account(people: People, now: datetime) -> None:
    request = factory.asked(people.asker, people.to, now=now)
    assert len(request.token) == 32
    assert people.to.number not in request.token
    assert User.objects.count() == 2
