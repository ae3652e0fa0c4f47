"""Putting the demo bank in place, step by step; each step finds what an earlier run has done and leaves it."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from itertools import islice
from pathlib import Path

from allauth.account.models import EmailAddress
from django.db import transaction
from django.utils import timezone

from accounts import contacts
from accounts.access import demo as access_demo
from accounts.access import services as access
from accounts.identity import demo as papers
from accounts.identity import numbers, reminding, watchlist
from accounts.identity import services as identity
from accounts.models import BankAccount, Customer, District, User
from accounts.services import deposit_code, open_bound_account, open_demand_account
from accounts.staff import grants
from accounts.statements import issuing
from analytics import rollup
from core import workdays
from core.outbox import relay
from core.reviews import services as desk
from core.reviews.models import Case, Decision
from core.workdays import loader
from ledger import chart, posting
from ledger.calendar import business_date
from portal.demo import (
    abroad,
    asking,
    clearing,
    counter,
    currencies,
    history,
    orders,
    payees,
    people,
    recalls,
    watched,
)
from portal.demo.people import DemoPerson

DAYS = 184
WORKDAYS = Path(__file__).parent / "workdays.csv"
EXPIRES_IN = 25  # days, for the one whose card expires soon
BATCH = 2_000
RESIDENTS = 24
FAMILY = "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋"
GIVEN = ("子涵", "雨桐", "浩然", "欣怡", "志强", "秀英", "建国", "丽娟", "文博", "晓燕", "海涛", "思源")

Tell = Callable[[str], None]


def load(*, now: datetime, tell: Tell) -> None:
    """This function will make the demo bank: districts, staff, customers, half a year of movements, work for the desk.

    Safe to run again and after a kill at any moment: what is there stays as it is.
    """
    today = business_date(now)
    _years_to_come(now=now)
    tell("districts and staff")
    districts = _districts()
    for person in people.STAFF:
        _staff(person, now=now)
    if watchlist.in_force() is None:
        watchlist.load(data=papers.WATCH_LIST.encode(), name="Demo watch list", actor="demo", now=now)
    tell("customers, with their identity checked on the review desk")
    for serial, person in enumerate(people.CUSTOMERS, start=1):
        _verified_customer(person, serial, districts, now=now)
    _registered(people.VISITOR, now=now)
    tell("neighbours")
    neighbours = _neighbours(districts, now=now)
    tell("half a year of movements")
    _history(neighbours, today=today, now=now)
    tell("a statement for each month that is over")
    for bucket in issuing.buckets(after=-1, most=1000):
        issuing.issue(bucket=bucket, through=today.replace(day=1) - timedelta(days=1), now=now)
    tell("applications that wait on the desk: a plain one, and one that resembles somebody")
    _apply(_registered(people.APPLICANT, now=now), people.APPLICANT, serial=7, now=now)
    _apply(_registered(people.NAMESAKE, now=now), people.NAMESAKE, serial=9, now=now)
    relay.drain(now=timezone.now())
    tell("a reminder for somebody whose card expires soon")
    reminding.remind(now=timezone.now())
    relay.drain(now=timezone.now())
    tell("a payee book")
    payees.load(neighbours=[one.bank_account for one in neighbours], now=now)
    payees.load_searches(now=now)
    tell("money with other banks, and payees there")
    clearing.load(now=now)
    abroad.load(now=now)
    tell("a branch with a counter")
    counter.load(now=now)
    tell("money asked back, and a movement that is looked into")
    recalls.load(now=now)
    relay.drain(now=timezone.now())
    tell("money asked for by a link: one request waits, one is paid")
    asking.load(now=now)
    relay.drain(now=timezone.now())
    tell("reference rates, and an account in dollars")
    currencies.load(now=now)
    relay.drain(now=timezone.now())
    tell("payments abroad: one arrived, one came back")
    abroad.pay(now=now)
    relay.drain(now=timezone.now())
    tell("a rule against fraud, put in force by two people, and what it held")
    watched.load(neighbours=[one.bank_account for one in neighbours], now=now)
    relay.drain(now=timezone.now())
    tell("figures for the managers' page")
    rollup.roll_up(now=timezone.now())


def _years_to_come(*, now: datetime) -> None:
    """Know the holidays of years whose notice is not out yet, so that the demo's days go on; a real notice stays."""
    if not any(workdays.covers(year) for year in (2027, 2028, 2029, 2030)):
        loader.load(WORKDAYS, source="Demo bank: the regulation's holidays, before each year's notice", now=now)


def _districts() -> dict[str, District]:
    for code, name, region, inhabitants in people.DISTRICTS:
        District.objects.get_or_create(code=code, defaults={"name": name, "region": region, "inhabitants": inhabitants})
    return {district.code: district for district in District.objects.all()}


def _staff(person: DemoPerson, *, now: datetime) -> User:
    user = User.objects.filter(email=person.email).first()
    if user is None:
        with transaction.atomic():
            user = User.objects.create_user(
                person.email,
                people.PASSWORD,
                full_name=person.name,
                is_staff=True,
                employee_number=person.employee_number,
            )
            EmailAddress.objects.create(user=user, email=person.email, primary=True, verified=True)
            assert person.role is not None  # noqa: S101 - every member of the demo's staff has one
            grants.give(user=user, role=person.role, by="demo", now=now)
    access_demo.enrol_totp(user, people.totp_secret(person))
    return user


def _registered(person: DemoPerson, *, now: datetime) -> Customer:
    customer = Customer.objects.filter(user__email=person.email).first()
    if customer is None:
        user = access.register(email=person.email, password=people.PASSWORD, language="zh-hans", now=now)
        EmailAddress.objects.filter(user=user).update(verified=True)
        customer = Customer.objects.get(user=user)
    if person.phone and customer.user is not None and customer.user.phone_index is None:
        customer.user.keep_phone(contacts.phone(person.phone), verified_at=now)
        customer.user.save()
    if person.second_factor:
        assert customer.user is not None  # noqa: S101 - registered a moment ago
        access_demo.enrol_totp(customer.user, people.totp_secret(person))
    return customer


def _apply(customer: Customer, person: DemoPerson, *, serial: int, now: datetime) -> None:
    """Fill in and send the identity form as the person would, with drawn sample photos."""
    if customer.verifications.exclude(state="draft").exists():
        return
    assert person.born_on is not None  # noqa: S101 - those who apply have a birth date
    sample = papers.sample_person(name=person.name, serial=serial, born_on=person.born_on)
    if person is people.FRIEND:
        sample = replace(sample, expires_on=business_date(now) + timedelta(days=EXPIRES_IN))
    identity.begin(customer=customer, now=now)
    identity.save_details(
        customer=customer,
        details=identity.Details(
            legal_name=person.name,
            number=numbers.parse(sample.number),
            born_on=sample.born_on,
            expires_on=sample.expires_on,
            address=sample.address,
            occupation="company",
            income="to_300k",
        ),
        now=now,
    )
    for side, data in papers.sample_photos(sample).by_side().items():
        identity.save_photo(customer=customer, side=side, data=data, name=f"{side}.jpg", declared="image/jpeg", now=now)
    identity.submit(customer=customer, consented=True, now=now)


def _verified_customer(person: DemoPerson, serial: int, districts: dict[str, District], *, now: datetime) -> None:
    customer = _registered(person, now=now)
    if customer.standing != Customer.Standing.VERIFIED:
        _apply(customer, person, serial=serial, now=now)
        relay.drain(now=timezone.now())
        _decide(customer, now=timezone.now())
        relay.drain(now=timezone.now())
        customer.refresh_from_db()
    if customer.district_id is None:
        customer.district = districts[person.district]
        customer.save(update_fields=["district"])
        BankAccount.objects.filter(customers=customer).update(district=customer.district)
    if person is people.CUSTOMER:
        savings = _savings(customer, now=now)
        if not savings.nickname:
            BankAccount.objects.filter(pk=savings.pk).update(nickname="旅行储蓄", district=customer.district)
        orders.put_aside(customer, to=savings, now=timezone.now())


def _savings(customer: Customer, *, now: datetime) -> BankAccount:
    """Give a second account: of class II, bound to the first; a demo bank of an earlier edition keeps what it has."""
    kept = BankAccount.objects.filter(ledger_account__code=deposit_code("demo:savings")).first()
    if kept is not None:
        return kept
    first = BankAccount.objects.filter(customers=customer, account_class=BankAccount.AccountClass.I).earliest("pk")
    return open_bound_account(
        customer=customer, account_class=BankAccount.AccountClass.II, bound_to=first, key="demo:savings", now=now
    )


def _decide(customer: Customer, *, now: datetime) -> None:
    """Let the demo's reviewer, and where the rule asks for it the approver, approve the customer's case."""
    verification = customer.verifications.latest("started_at")
    case = Case.objects.get(subject="identity", subject_id=str(verification.public_id))
    for person in (people.REVIEWER, people.APPROVER):
        case.refresh_from_db()
        if case.is_closed:
            return
        user = User.objects.get(email=person.email)
        desk.claim(public_id=case.public_id, user=user, now=now)
        case.refresh_from_db()
        digest = desk.seen(case, checks=list(case.checks.all()))
        desk.decide(
            public_id=case.public_id, user=user, verdict=Decision.Verdict.APPROVE, digest=digest, note="", now=now
        )


@dataclass(frozen=True)
class _Neighbour:
    customer: Customer
    bank_account: BankAccount


def _neighbours(districts: dict[str, District], *, now: datetime) -> list[_Neighbour]:
    """Invented customers without a sign-in, so that the bank has more than two accounts to count."""
    codes = sorted(districts)
    found = []
    for number in range(RESIDENTS):
        name = FAMILY[number % len(FAMILY)] + GIVEN[number % len(GIVEN)]
        with transaction.atomic():
            customer, _made = Customer.objects.get_or_create(
                external_ref=f"demo:{number}",
                defaults={
                    "legal_name": name,
                    "name_is_generated": True,
                    "born_on": date(1955 + number * 2, 1 + number % 12, 1 + number % 28),
                    "district": districts[codes[number % len(codes)]],
                    "standing": Customer.Standing.VERIFIED,
                    "verified_at": now,
                    "created_at": now - timedelta(days=DAYS + 30),
                },
            )
            bank_account = open_demand_account(customer=customer, currency="CNY", key=f"demo:{number}", now=now)
        found.append(_Neighbour(customer, bank_account))
    return found


def _history(neighbours: list[_Neighbour], *, today: date, now: datetime) -> None:
    mei = BankAccount.objects.filter(customers__user__email=people.CUSTOMER.email).order_by("pk")
    hao = BankAccount.objects.filter(customers__user__email=people.FRIEND.email).order_by("pk")
    if mei[0].ledger_account.last_number:
        return  # the half year is there, and one more day would not join it
    ids = chart.ensure("CNY", now=now)
    banks = chart.ensure_banks(["ICBC"], currency="CNY", now=now)
    against = history.Counterparts(
        cash=ids["cash"],
        other_banks=banks["ICBC"],
        cards=ids["card-clearing"],
        interest=ids["interest-paid"],
        fees=ids["fee-income"],
    )
    holders = [
        history.Holder("林美", mei[0].ledger_account_id, 1_860_000, 10, history.EMPLOYERS[0], 80),
        history.Holder("陈浩", hao[0].ledger_account_id, 1_420_000, 12, history.EMPLOYERS[1], 85),
        *(
            history.Holder(
                one.customer.legal_name,
                one.bank_account.ledger_account_id,
                600_000 + 55_000 * number,
                8 + number % 10,
                history.EMPLOYERS[number % len(history.EMPLOYERS)],
                70 + number,
            )
            for number, one in enumerate(neighbours)
        ),
    ]
    start = today - timedelta(days=DAYS)
    BankAccount.objects.filter(ledger_account_id__in=[holder.account_id for holder in holders]).update(opened_on=start)
    saved_on = today - timedelta(days=20)
    BankAccount.objects.filter(pk=mei[1].pk).update(opened_on=saved_on)
    saved = posting.Draft(
        key="demo:savings:first",
        kind="payments.transfer",
        channel="online",
        business_date=saved_on,
        lines=[
            posting.Line(mei[0].ledger_account_id, -500_000, "转入旅行储蓄"),
            posting.Line(mei[1].ledger_account_id, 500_000, "来自活期账户"),
        ],
    )
    drafts = history.movements(
        holders=holders,
        against=against,
        start=start,
        end=today - timedelta(days=1),
        besides={saved.business_date: [saved]},
    )
    with transaction.atomic():  # all of it or nothing, so that a kill in the middle leaves an empty account
        for batch in _batches(drafts):
            posting.post_many(batch)


def _batches(drafts: Iterator[posting.Draft]) -> Iterator[list[posting.Draft]]:
    while batch := list(islice(drafts, BATCH)):
        yield batch
