"""Customers on their way to a verified name, and staff of the desk."""

from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Any

from django.contrib.auth.models import Group
from django.test import Client
from django.utils import timezone
from django_otp import DEVICE_ID_SESSION_KEY

from accounts.access.models import FactorDevice
from accounts.identity import demo, numbers, services
from accounts.identity.models import Verification
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
        "expires_on": timezone.localdate(now) + timedelta(days=4000),
        "address": person.address,
        "occupation": "company",
        "income": "to_300k",
    }
    draft = services.save_details(customer=customer, details=services.Details(**{**values, **details}), now=now)
    for side, jpeg in photos_of(person).by_side().items():
        services.save_photo(customer=customer, side=side, data=jpeg, name=f"{side}.jpg", declared="image/jpeg", now=now)
    return draft


def send(customer: Customer, *, now: datetime, **details: Any) -> Verification:
    """Fill in and send; the checks have not run yet."""
    fill_in(customer, now=now, **details)
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
