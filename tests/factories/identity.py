"""Customers on their way to a verified name, and staff of the desk."""

from collections.abc import Mapping
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Any

from django.contrib.auth.models import Group
from django.test import Client
from django.utils import timezone
from django_otp import DEVICE_ID_SESSION_KEY

from accounts.access.models import FactorDevice
from accounts.identity import demo, numbers, reading, services, watchlist
from accounts.identity.models import Verification, WatchList
from accounts.models import Customer, User
from core.reviews.models import Case
from core.reviews.services import claim, decide, seen
from tests.factories import access

PERSON = demo.sample_person()
REASON = "photo_unreadable"


def make_user(email: str, **fields: Any) -> User:
    return User.objects.create_user(email, "a long pass phrase", **fields)


def make_customer(email: str = "visitor@example.com", *, now: datetime, **fields: Any) -> Customer:
    return Customer.objects.create(user=make_user(email), created_at=now, **fields)


def make_staff(email: str, *roles: str, **fields: Any) -> User:
    user = make_user(email, is_staff=True, full_name=email.partition("@")[0].title(), **fields)
    user.groups.set([Group.objects.get_or_create(name=role)[0] for role in roles])
    return user


@lru_cache(maxsize=8)
def photos_of(person: demo.Person) -> demo.SamplePhotos:
    return demo.sample_photos(person)


def fill_in(customer: Customer, *, now: datetime, person: demo.Person = PERSON, **details: Any) -> Verification:
    """Fill a draft completely, as the pages would."""
    values: dict[str, Any] = {
        "legal_name": person.name,
        "number": numbers.parse(person.number),
        "born_on": person.born_on,
        "expires_on": person.expires_on,
        "address": person.address,
        "occupation": "company",
        "income": "to_300k",
    }
    draft = services.save_details(customer=customer, details=services.Details(**{**values, **details}), now=now)
    for side, jpeg in photos_of(person).by_side().items():
        services.save_photo(customer=customer, side=side, data=jpeg, name=f"{side}.jpg", declared="image/jpeg", now=now)
    return draft


def read_sample(jpegs: Mapping[str, bytes]) -> dict[str, list[reading.Line]]:
    """The tests' reader (settings.IDENTITY_READER): says of a photo what `say_on_photos` was told, else nothing."""
    return {side: [reading.Line(text, 0.99) for text in _on_photos.get(side, [])] for side in jpegs}


_on_photos: dict[str, list[str]] = {}


def say_on_photos(**sides: list[str]) -> None:
    _on_photos.clear()
    _on_photos.update(sides)


def print_card(name: str, number: str, born_on: date, expires_on: date | None) -> None:
    """Let the next photos say this, as the card of somebody would."""
    until = f"-{expires_on:%Y.%m.%d}" if expires_on else "-长期"
    say_on_photos(
        front=["姓名" + name, f"{born_on.year}年{born_on.month}月{born_on.day}日", number],
        back=["有效期限 2020.06.01" + until],
    )


def watch_list(text: str = "X-1,Zzyzx Qwortle;兹兹克斯,1911,made up", *, now: datetime) -> WatchList:
    """Put a watch list in force, once: without one every case would wait for a second reviewer."""
    return watchlist.load(
        data=f"reference,names,birth_years,note\n{text}\n".encode(), name="test", actor="test", now=now
    )


def send(customer: Customer, *, now: datetime, **details: Any) -> Verification:
    """Fill in and send; the checks have not run yet."""
    draft = fill_in(customer, now=now, **details)
    if watchlist.in_force() is None:
        watch_list(now=now)
    assert draft.born_on is not None
    print_card(draft.legal_name, draft.number, draft.born_on, draft.expires_on)
    return services.submit(customer=customer, consented=True, now=now)


def born(years: int, *, now: datetime, serial: int = 30) -> demo.Person:
    """Somebody who turned so many years yesterday."""
    day = timezone.localdate(now) - timedelta(days=1)
    return demo.sample_person(serial=serial, born_on=date(day.year - years, day.month, day.day))


def enter(client: Client, user: User) -> Client:
    """Sign somebody in, staff with their second factor passed."""
    client.force_login(user)
    if user.is_staff:
        device = FactorDevice.objects.get(authenticator=access.enrol_app(user))
        session = client.session
        session[DEVICE_ID_SESSION_KEY] = device.persistent_id
        session.save()
    return client


def decide_now(case: Case, user: User, verdict: str = "approve", *, now: datetime, **how: Any) -> Any:
    """Claim, look, decide."""
    claim(public_id=case.public_id, user=user, now=now)
    if verdict == "decline":
        how = {"reasons": [REASON], "note": "The number cannot be read.", **how}
    digest = seen(case, checks=list(case.checks.all()))
    return decide(public_id=case.public_id, user=user, verdict=verdict, digest=digest, now=now, **how)
