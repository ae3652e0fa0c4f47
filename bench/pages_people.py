"""Customers of the scratch bank, signed in: prints for each what a browser of theirs would send. For bench/pages."""

import json
import sys
from datetime import datetime, timedelta
from typing import Any

import django

django.setup()

from django.conf import settings  # noqa: E402 - after setup
from django.contrib.auth import login  # noqa: E402
from django.contrib.sessions.backends.db import SessionStore  # noqa: E402
from django.http import HttpRequest  # noqa: E402
from django.middleware.csrf import get_token  # noqa: E402
from django.urls import reverse  # noqa: E402
from django.utils import timezone  # noqa: E402
from django_otp import login as mark_verified  # noqa: E402

from accounts import services  # noqa: E402
from accounts.access import demo  # noqa: E402
from accounts.models import BankAccount, Customer, User  # noqa: E402
from ledger import chart, posting  # noqa: E402
from ledger.calendar import business_date  # noqa: E402
from payments.models import Payee  # noqa: E402

SECRET = "JBSWY3DPEHPK3PXP"
PAYEES = 5


def person(number: int, movements: int, now: datetime) -> tuple[Customer, list[BankAccount]]:
    user = User.objects.create(email=f"customer{number}@bench.example", password="!", language="zh-hans")
    customer = Customer.objects.create(
        user=user, legal_name=f"Customer {number}", standing=Customer.Standing.VERIFIED, verified_at=now,
        created_at=now,
    )  # fmt: skip
    held = [
        services.open_demand_account(customer=customer, currency="CNY", key=f"bench:{number}:{which}", now=now)
        for which in range(2)
    ]
    cash, today = chart.ensure("CNY", now=now)["cash"], business_date(now)
    posting.post_many(
        posting.Draft(
            key=f"bench:{number}:{which}", kind="counter.cash_in", channel="counter",
            business_date=today - timedelta(days=(movements - which) // 3),
            lines=[
                posting.Line(held[which % 2].ledger_account_id, 10_000 + which, f"Bookshop {which}"),
                posting.Line(cash, -10_000 - which),
            ],
        )
        for which in range(movements)
    )  # fmt: skip
    return customer, held


def browser(user: User) -> tuple[str, str]:
    """Sign somebody in with their second factor; answers the cookies and the token their forms carry."""
    request = HttpRequest()
    request.session = SessionStore()
    device = demo.enrol_totp(user, SECRET)
    login(request, user, backend=settings.AUTHENTICATION_BACKENDS[0])
    mark_verified(request, device)
    request.session.save()
    token = get_token(request)
    cookies = {
        settings.SESSION_COOKIE_NAME: request.session.session_key,
        settings.CSRF_COOKIE_NAME: request.META["CSRF_COOKIE"],
        settings.LANGUAGE_COOKIE_NAME: "zh-hans",
    }
    return "; ".join(f"{name}={value}" for name, value in cookies.items()), token


def main(count: int, movements: int) -> None:
    now = timezone.now()
    bank = [person(number, movements, now) for number in range(count)]
    found: list[dict[str, Any]] = []
    for number, (customer, held) in enumerate(bank):
        payees = [
            Payee.objects.create(
                customer=customer, bank_account=bank[(number + step) % count][1][0], alias=f"Payee {step}",
                shown_name="*", name_check=Payee.NameCheck.AGREES, state=Payee.State.ACTIVE, created_at=now,
                expires_at=now + timedelta(minutes=30), confirmed_at=now,
            )
            for step in range(1, min(PAYEES, count - 1) + 1)
        ]  # fmt: skip
        cookies, token = browser(customer.user)  # type: ignore[arg-type]
        found.append(
            {
                "cookies": cookies,
                "token": token,
                "statement": reverse("statement", args=[held[0].public_id]),
                "source": str(held[0].public_id),
                "payee": f"payee:{payees[0].public_id}",
            }
        )
    print(json.dumps(found))


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))
