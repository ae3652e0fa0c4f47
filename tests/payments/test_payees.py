"""A payee is looked up, shown half hidden, confirmed with a code; look-ups are counted and tell little."""

import re
import uuid
from datetime import datetime, timedelta
from functools import partial
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.access import stepup
from accounts.access.models import StepUp
from accounts.models import BankAccount, Customer
from core.audit.models import Row
from payments import queries
from payments.models import NameLookup, Payee
from payments.services import payees, transfers
from tests.factories import payments as make
from tests.factories.policy import add_figure
from tests.payments.conftest import code_now, drafted, paid, together

pytestmark = pytest.mark.django_db


@pytest.fixture
def payer(db: None, now: datetime) -> Customer:
    return make.customer("王小明", now=now)


@pytest.fixture
def target(db: None, now: datetime) -> BankAccount:
    return make.account(make.customer("欧阳修", now=now), now=now)


def propose(payer: Customer, number: str, now: datetime, name: str = "欧阳修", alias: str = "") -> uuid.UUID:
    return payees.propose(customer=payer, number=number, holder_name=name, alias=alias, now=now)


def approved(payer: Customer, payee_id: uuid.UUID, now: datetime) -> uuid.UUID:
    assert payer.user is not None
    shown = payees.shown(payees.proposed(customer=payer, payee_id=payee_id, now=now))
    challenge = stepup.start(user=payer.user, operation=payees.OPERATION, payload=shown, now=now)
    StepUp.objects.filter(public_id=challenge.id).update(verified_at=now)
    return challenge.id


def test_a_payee_is_on_the_list_only_after_the_code(payer: Customer, target: BankAccount, now: datetime) -> None:
    payee_id = propose(payer, target.number, now)
    assert payees.proposed(customer=payer, payee_id=payee_id, now=now).shown_name == "*修"
    assert queries.payees_of(payer) == []
    with pytest.raises(stepup.Refused):
        payees.add(customer=payer, payee_id=payee_id, challenge_id=uuid.uuid4(), now=now)
    assert queries.payees_of(payer) == []
    challenge = approved(payer, payee_id, now)
    for _ in range(2):
        assert payees.add(customer=payer, payee_id=payee_id, challenge_id=challenge, now=now) == payee_id
    assert [payee.public_id for payee in queries.payees_of(payer)] == [payee_id]
    assert Row.objects.filter(act="payments.payee_added").count() == 1


@pytest.mark.parametrize(("typed", "agrees"), [("欧阳修", True), ("欧 阳 修", True), ("欧阳锋", False), ("*修", False)])
def test_the_typed_name_is_compared_with_the_holders(
    payer: Customer, target: BankAccount, now: datetime, typed: str, agrees: bool
) -> None:
    payee_id = propose(payer, target.number, now, name=typed)
    assert payees.proposed(customer=payer, payee_id=payee_id, now=now).agrees is agrees


def test_unknown_and_closed_accounts_are_refused_alike_and_counted(
    payer: Customer, target: BankAccount, now: datetime
) -> None:
    BankAccount.objects.filter(pk=target.pk).update(status=BankAccount.Status.CLOSED)
    for number in (target.number, "8810000000000000", "X" * 34):
        with pytest.raises(payees.UnknownAccount):
            propose(payer, number, now)
    assert NameLookup.objects.filter(customer=payer).count() == 3
    assert not payer.payees.exists()


def test_own_accounts_and_payees_that_are_there_are_not_added(
    payer: Customer, target: BankAccount, now: datetime
) -> None:
    with pytest.raises(payees.OwnAccount):
        propose(payer, make.account(payer, now=now).number, now)
    there = make.payee(payer, target, now=now)
    with pytest.raises(payees.AlreadyThere) as refused:
        propose(payer, target.number, now)
    assert refused.value.payee_id == there.public_id


def test_look_ups_are_limited_by_the_hour_and_by_customer(payer: Customer, target: BankAccount, now: datetime) -> None:
    add_figure("payee.lookups_per_hour", "2", now=now)
    propose(payer, target.number, now)
    with pytest.raises(payees.UnknownAccount):
        propose(payer, "8810000000000000", now + timedelta(minutes=10))
    with pytest.raises(payees.TooManyLookups) as refused:
        propose(payer, target.number, now + timedelta(minutes=59))
    assert refused.value.until == now + timedelta(hours=1)
    propose(make.customer("赵四", now=now), target.number, now)
    propose(payer, target.number, now + timedelta(minutes=61))


def test_a_full_list_takes_no_more(payer: Customer, target: BankAccount, now: datetime) -> None:
    make.payee(payer, make.account(make.customer("李明", now=now), now=now), now=now)
    waiting = propose(payer, target.number, now)
    challenge = approved(payer, waiting, now)
    add_figure("payee.most", "1", now=now)
    with pytest.raises(payees.TooManyPayees):
        propose(payer, target.number, now)
    with pytest.raises(payees.TooManyPayees):
        payees.add(customer=payer, payee_id=waiting, challenge_id=challenge, now=now)
    assert StepUp.objects.get(public_id=challenge).used_at is None


def test_a_removed_payee_can_be_added_again_and_a_stale_draft_cannot(
    payer: Customer, target: BankAccount, now: datetime
) -> None:
    first = make.payee(payer, target, now=now)
    assert payees.remove(customer=payer, payee_id=first.public_id, now=now) is True
    assert payees.remove(customer=payer, payee_id=first.public_id, now=now) is False
    assert queries.payees_of(payer) == []
    again = propose(payer, target.number, now)
    late = now + timedelta(minutes=30)
    with pytest.raises(payees.UnknownPayee):
        payees.add(customer=payer, payee_id=again, challenge_id=approved(payer, again, now), now=late)
    payees.add(customer=payer, payee_id=again, challenge_id=approved(payer, again, now), now=now)
    assert len(queries.payees_of(payer)) == 1


def test_how_a_payee_is_kept_is_written_to_the_trail_once(payer: Customer, target: BankAccount, now: datetime) -> None:
    payee = make.payee(payer, target, now=now)
    entry = payees.Entry("Teacher", group="School", favourite=True)
    changed = [payees.arrange(customer=payer, payee_id=payee.public_id, entry=entry, now=now) for _ in range(2)]
    assert changed == [True, False]
    (row,) = Row.objects.filter(act="payments.payee_changed")
    assert row.before == {"alias": "Landlord", "group": "", "favourite": False}
    assert row.after == {"alias": "Teacher", "group": "School", "favourite": True}


@pytest.mark.parametrize(
    ("alias", "holder", "warned"),
    [
        ("Teacher", "李小明", False),
        ("landlord", "李小明", True),  # the same word for another person
        ("Lаndlord", "李小明", True),  # a Cyrillic a
        ("Land1ord", "李小明", True),
        ("ＬＡＮＤＬＯＲＤ", "李小明", True),
        ("Somebody", "欧阳脩", True),  # the holder's own name looks like the landlord's
        ("Somebody", "欧 阳·修", True),
        ("Somebody", "欧阳锋", False),
    ],
)
def test_a_name_that_cannot_be_told_apart_from_a_payees_is_said(
    payer: Customer, target: BankAccount, now: datetime, alias: str, holder: str, warned: bool
) -> None:
    make.payee(payer, target, alias="Landlord", now=now)
    new = make.account(make.customer(holder, now=now), now=now)
    made = propose(payer, new.number, now, name=holder, alias=alias)
    found = payees.proposed(customer=payer, payee_id=made, now=now)
    assert found.looks_like == ("Landlord" if warned else "")


def test_a_second_account_of_the_same_person_is_no_look_alike(
    payer: Customer, target: BankAccount, now: datetime
) -> None:
    make.payee(payer, target, alias="Landlord", now=now)
    owner = target.dispositions.get().customer
    made = propose(payer, make.account(owner, now=now).number, now, alias="Landlord")
    assert payees.proposed(customer=payer, payee_id=made, now=now).looks_like == ""


def test_the_list_is_searched_narrowed_and_led_by_favourites(payer: Customer, now: datetime) -> None:
    kept = {}
    for alias, group, favourite in (("Anna", "Family", False), ("Bob", "", True), ("Landlord", "Home", False)):
        kept[alias] = make.payee(payer, make.account(make.customer("李明", now=now), now=now), alias=alias, now=now)
        entry = payees.Entry(alias, group=group, note=f"note of {alias}", favourite=favourite)
        payees.arrange(customer=payer, payee_id=kept[alias].public_id, entry=entry, now=now)
    client = Client(HTTP_ACCEPT_LANGUAGE="en")
    client.force_login(payer.user)  # type: ignore[arg-type]

    def found(**asked: str) -> list[str]:
        return [row["payee"].alias for row in client.get(reverse("payees"), asked).context["rows"]]

    number = kept["Landlord"].bank_account.number
    assert found() == ["Bob", "Anna", "Landlord"]
    assert found(q="ANN") == ["Anna"]
    assert found(q="note of b") == ["Bob"]
    assert found(q=f"{number[:4]} {number[4:8]} {number[8:]}") == ["Landlord"]
    assert found(group="Home") == ["Landlord"]
    assert found(q="Anna", group="Home") == []
    assert "Nobody on your list fits" in client.get(reverse("payees"), {"q": "\x00<b>"}).content.decode()
    for query, opened in (({}, False), ({"q": "Anna"}, False), ({"q": "nobody"}, True)):
        page = client.get(reverse("payees"), query).content.decode()
        assert ('<details class="fold search-fold no-print" open>' in page) is opened, query
        assert ("1 payee found · “Anna”" in page) is (query == {"q": "Anna"})


def test_new_payees_together_get_no_more_than_the_slab_on_the_first_day(now: datetime) -> None:
    """The day's limit is 50,000; two new payees share 20,000 until each is a day on the list."""
    two = make.pair(balance=100_000_00, now=now)
    young = [
        make.payee(two.payer, make.account(make.customer("李明", now=now), now=now), alias=str(n), days=0, now=now)
        for n in range(2)
    ]
    known = two.payee

    def pay(payee: Payee, amount: int, moment: datetime) -> None:
        two.payee = payee
        paid(two, amount, moment)

    pay(known, 20_000_00, now)  # not counted
    pay(young[0], 15_000_00, now)
    for amount, fits in ((5_000_01, False), (5_000_00, True), (1, False)):
        if fits:
            pay(young[1], amount, now)
            continue
        two.payee = young[1]
        with pytest.raises(transfers.PayeeYoung) as refused:
            drafted(two, amount, now)
        assert refused.value.until == now + timedelta(hours=24)
    pay(known, 1_00, now)
    tomorrow = now + timedelta(hours=24)
    pay(young[1], 20_000_00, tomorrow)  # a day on the list, and a new day's limit
    # Taken off and added anew, an account is new again.
    payees.remove(customer=two.payer, payee_id=young[1].public_id, now=tomorrow)
    two.payee = make.payee(two.payer, young[1].bank_account, days=0, now=tomorrow)
    paid(two, 15_000_00, tomorrow)
    with pytest.raises(transfers.PayeeYoung):
        drafted(two, 5_000_01, tomorrow)


@pytest.mark.django_db(transaction=True)
@pytest.mark.race
def test_two_drafts_of_one_account_confirmed_at_once_are_one_payee(now: datetime) -> None:
    payer = make.customer("王小明", now=now)
    target = make.account(make.customer("欧阳修", now=now), now=now)
    drafts = [propose(payer, target.number, now) for _ in range(6)]
    ready = [(payee_id, approved(payer, payee_id, now)) for payee_id in drafts]
    answers = together(
        [
            partial(payees.add, customer=payer, payee_id=payee_id, challenge_id=challenge, now=now)
            for payee_id, challenge in ready
        ]
    )
    assert len(set(answers)) == 1, answers
    assert Payee.objects.filter(state=Payee.State.ACTIVE).count() == 1


def test_the_pages_from_number_to_list(target: BankAccount) -> None:
    now = timezone.now()
    payer = make.customer("王小明", now=now)
    make.enrol(payer)
    client = Client(HTTP_ACCEPT_LANGUAGE="en")
    client.force_login(payer.user)  # type: ignore[arg-type]
    assert "Nobody is on your list yet" in client.get(reverse("payees")).content.decode()
    spaced = " ".join(target.number[i : i + 4] for i in range(0, 16, 4))
    sent = client.post(reverse("payee_add"), {"number": spaced, "name": "欧阳锋", "alias": "<b>Teacher</b>"})
    page = client.get(sent["Location"]).content.decode()
    assert "*修" in page
    assert "欧阳修" not in page
    assert "The name does not agree" in page
    assert "&lt;b&gt;Teacher&lt;/b&gt;" in page
    said = client.post(sent["Location"], {"stepup-code": "000000", **_question(page)})
    assert (said.status_code, said["Location"]) == (302, sent["Location"])
    wrong = client.get(sent["Location"])
    assert "data-error-summary" in wrong.content.decode()
    assert _question(wrong.content.decode()) == _question(page)
    assert queries.payees_of(payer) == []
    done = client.post(sent["Location"], {"stepup-code": code_now(now), **_question(wrong.content.decode())})
    assert done["Location"] == reverse("payees")
    listed = client.get(reverse("payees")).content.decode()
    assert "*修" in listed
    assert spaced in listed
    assert client.get(sent["Location"])["Location"] == reverse("payees")  # the check page, by the back button


def _question(page: str) -> dict[str, str]:
    (challenge,) = re.findall(r'name="stepup-challenge" value="([0-9a-f-]{36})"', page)
    return {"stepup-challenge": challenge}


def test_a_look_up_is_answered_after_a_redirect_with_everything_that_was_typed(target: BankAccount) -> None:
    """A reload asks nothing again: the look-up was counted once."""
    now = timezone.now()
    payer = make.customer("王小明", now=now)
    client = Client(HTTP_ACCEPT_LANGUAGE="en")
    client.force_login(payer.user)  # type: ignore[arg-type]
    sent = client.post(reverse("payee_add"), {"number": "8810 0000 0000 0000", "name": "欧阳修", "alias": "<b>T"})
    assert (sent.status_code, sent["Location"]) == (302, reverse("payee_add"))
    page = client.get(sent["Location"]).content.decode()
    for words in ("does not lead to an account", 'value="欧阳修"', 'value="8810 0000 0000 0000"', "&lt;b&gt;T"):
        assert words in page
    assert "does not lead to an account" not in client.get(sent["Location"]).content.decode()
    assert NameLookup.objects.filter(customer=payer).count() == 1


def test_hostile_texts_get_a_sentence_and_too_many_look_ups_a_time(target: BankAccount) -> None:
    now = timezone.now()
    payer = make.customer("王小明", now=now)
    client = Client(HTTP_ACCEPT_LANGUAGE="en")
    client.force_login(payer.user)  # type: ignore[arg-type]
    good = {"number": target.number, "name": "欧阳修", "alias": ""}
    hostile: list[dict[str, Any]] = (
        [{"number": value} for value in ("", "😀", "' OR 1=1", "8" * 5000, "\x00", "<svg onload=x>")]
        + [{"name": value} for value in ("", "123", "\x00", "x" * 5000)]
        + [{"alias": "x" * 61}]
    )
    for change in hostile:
        page = client.post(reverse("payee_add"), {**good, **change})
        assert page.status_code == 200, change
        assert "data-error-summary" in page.content.decode(), change
        assert "<svg onload" not in page.content.decode()
    assert not payer.payees.exists()
    add_figure("payee.lookups_per_hour", "1", now=now)
    client.post(reverse("payee_add"), {**good, "number": "8810000000000000"})
    refused = client.post(reverse("payee_add"), good)
    assert refused.status_code == 429
    assert 3000 < int(refused["Retry-After"]) <= 3600
    assert "Nothing was added. Try again after" in refused.content.decode()
