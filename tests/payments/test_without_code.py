"""Transfers without a code (C7, ASVS 8.1.3, 8.2.4, 2.4.2): explicit, counted, revocable, capped, never hurried."""

import uuid
from datetime import datetime, timedelta
from functools import partial
from typing import Any

import pytest
from django.urls import reverse
from django.utils import timezone

from accounts.access import stepup
from accounts.access.models import StepUp
from accounts.inbox.models import Notice
from accounts.models import Customer
from core.audit.models import Row
from ledger import balances
from ledger.models import Entry
from payments.asking import Caps, Context, Free, Gone, freed_by
from payments.models import Freedom, Payee, Transfer
from payments.services import freedoms, transfers
from payments.views import served
from tests.factories import payments as make
from tests.factories.policy import add_figure
from tests.payments.conftest import approved, drafted, paid, together
from tests.payments.test_pages import answer_to, refused, signed_in

CAPS = {
    Free.OWN: Caps(50_000, 100_000, 10),
    Free.TRUSTED: Caps(2_000, 5_000, 5),
    Free.SMALL: Caps(200, 500, 5),
}
ALL = {kind: Gone(given=True) for kind in Free}
PLAIN: dict[str, Any] = {"amount": 200, "seconds": 60.0, "gone": ALL}


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, Free.SMALL),
        ({"amount": 201}, None),
        ({"gone": {}}, None),
        ({"gone": {Free.SMALL: Gone(given=False)}}, None),
        ({"gone": {Free.OWN: Gone(given=True)}}, None),
        ({"gone": {Free.SMALL: Gone(True, 300, 1)}}, Free.SMALL),
        ({"gone": {Free.SMALL: Gone(True, 301, 1)}}, None),
        ({"gone": {Free.SMALL: Gone(True, 4, 4)}}, Free.SMALL),
        ({"gone": {Free.SMALL: Gone(True, 5, 5)}}, None),
        ({"payee_trusted": True}, Free.TRUSTED),
        ({"payee_trusted": True, "amount": 2_000}, Free.TRUSTED),
        ({"payee_trusted": True, "amount": 2_001}, None),
        ({"amount": 2_000}, None),
        ({"payee_trusted": True, "gone": {Free.TRUSTED: Gone(True, 5_000, 3), Free.SMALL: Gone(True)}}, Free.SMALL),
        ({"to_own": True, "amount": 50_000}, Free.OWN),
        ({"to_own": True, "gone": {Free.SMALL: Gone(True)}}, None),
        # what asks for a code whatever was allowed
        ({"payee_young": True}, None),
        ({"payee_young": True, "payee_trusted": True}, None),
        ({"careful": True}, None),
        ({"passkey": True}, None),
        ({"seconds": 1.9}, None),
        ({"seconds": 2.0}, Free.SMALL),
        ({"seconds": -5.0}, None),
        ({"seconds": None}, None),
    ],
)
def test_what_a_transfer_takes_in_each_context(changes: dict[str, Any], expected: Free | None) -> None:
    assert freed_by(Context(**{**PLAIN, **changes}), caps=CAPS, human_seconds=2) is expected


def test_without_figures_nothing_is_free() -> None:
    assert freed_by(Context(**PLAIN), caps={}, human_seconds=2) is None


def answered(customer: Customer, payload: Any, now: datetime) -> uuid.UUID:
    assert customer.user is not None
    made = stepup.start(user=customer.user, operation=freedoms.OPERATION, payload=payload, now=now)
    StepUp.objects.filter(public_id=made.id).update(verified_at=now)
    return made.id


def allow(two: make.Pair, now: datetime, kind: Free = Free.SMALL) -> None:
    challenge = answered(two.payer, freedoms.shown(kind=kind, currency="CNY", now=now), now)
    freedoms.allow(customer=two.payer, kind=kind, currency="CNY", challenge_id=challenge, now=now)


def trust(two: make.Pair, now: datetime) -> None:
    name = str(two.payee.public_id)
    challenge = answered(two.payer, freedoms.shown(kind=Free.TRUSTED, currency="CNY", payee=name, now=now), now)
    freedoms.trust(customer=two.payer, payee_id=two.payee.public_id, challenge_id=challenge, now=now)


def confirm(two: make.Pair, transfer_id: uuid.UUID, now: datetime, seconds: float = 10) -> transfers.Confirmed:
    return transfers.confirm(
        customer=two.payer,
        transfer_id=transfer_id,
        challenge_id=None,
        served_at=now - timedelta(seconds=seconds),
        now=now,
    )


def send(two: make.Pair, amount: int, now: datetime) -> Transfer:
    transfer_id = drafted(two, amount, now)
    confirm(two, transfer_id, now)
    return Transfer.objects.get(public_id=transfer_id)


def is_asked(two: make.Pair, amount: int, now: datetime, seconds: float = 10) -> None:
    transfer_id, entries = drafted(two, amount, now), Entry.objects.count()
    with pytest.raises(stepup.Unanswered):
        confirm(two, transfer_id, now, seconds)
    assert Entry.objects.count() == entries


def test_off_until_allowed_with_a_code_and_again_at_once_when_taken_back(two: make.Pair, now: datetime) -> None:
    is_asked(two, 1_00, now)
    with pytest.raises(stepup.Refused):
        freedoms.allow(customer=two.payer, kind=Free.SMALL, currency="CNY", challenge_id=uuid.uuid4(), now=now)
    is_asked(two, 1_00, now)
    allow(two, now)
    assert Notice.objects.filter(user=two.payer.user, event="security.without_code").count() == 1
    made = send(two, 200_00, now)
    assert (made.free, made.step_up) == ("small", None)
    assert Row.objects.get(act=transfers.CONFIRMED).after["free"] == "small"
    is_asked(two, 200_01, now)
    waiting = drafted(two, 1_00, now)
    assert freedoms.forbid(customer=two.payer, kind=Free.SMALL, currency="CNY", now=now)
    assert not freedoms.forbid(customer=two.payer, kind=Free.SMALL, currency="CNY", now=now)
    with pytest.raises(stepup.Unanswered):
        confirm(two, waiting, now)
    allow(two, now)
    assert Freedom.objects.get().amount == 200_00  # off and on sets nothing back


def test_sums_and_counts_stop_at_the_cap_and_start_anew_after_a_code(two: make.Pair, now: datetime) -> None:
    allow(two, now)
    for amount in (200_00, 200_00, 100_00):
        send(two, amount, now)
    is_asked(two, 1, now)
    is_asked(two, 1, now + timedelta(days=3))  # no day sets it back, a code does
    paid(two, 1_00, now)
    assert (Freedom.objects.get().amount, Freedom.objects.get().count) == (0, 0)
    for _ in range(5):
        send(two, 1, now)
    is_asked(two, 1, now)
    (first, *_rest) = Transfer.objects.filter(free="small")
    assert confirm(two, first.public_id, now).repeated  # a repeat is answered, not counted
    assert Freedom.objects.get().count == 5


def test_a_trusted_payee_goes_further_and_a_mistrusted_one_not_at_all(two: make.Pair, now: datetime) -> None:
    is_asked(two, 2_000_00 // 4, now)
    trust(two, now)
    assert send(two, 500_00, now).free == "trusted"
    other = make.Pair(two.payer, two.source, make.payee(two.payer, make.account(two.receiver, now=now), now=now),
                      two.receiver, two.destination)  # fmt: skip
    is_asked(other, 1_00, now)
    waiting = drafted(two, 1_00, now)
    assert freedoms.distrust(customer=two.payer, payee_id=two.payee.public_id, now=now)
    with pytest.raises(stepup.Unanswered):
        confirm(two, waiting, now)
    with pytest.raises(freedoms.UnknownPayee):
        freedoms.distrust(customer=two.receiver, payee_id=two.payee.public_id, now=now)


def test_a_new_payee_takes_a_code_until_it_is_no_longer_new(two: make.Pair, now: datetime) -> None:
    allow(two, now)
    trust(two, now)
    Payee.objects.update(confirmed_at=now - timedelta(hours=24) + timedelta(seconds=1))
    is_asked(two, 1_00, now)
    assert send(two, 1_00, now + timedelta(seconds=1)).free == "trusted"


def test_a_new_second_step_and_sums_that_take_a_passkey_ask_for_it(two: make.Pair, now: datetime) -> None:
    allow(two, now)
    add_figure("stepup.passkey_above.payments.transfer.cny", "100.00", type="decimal", now=now)
    is_asked(two, 100_01, now)
    Customer.objects.filter(pk=two.payer.pk).update(careful_until=now + timedelta(seconds=1))
    is_asked(two, 1_00, now)
    send(two, 1_00, now + timedelta(seconds=1))


def test_own_accounts_count_by_themselves(two: make.Pair, now: datetime) -> None:
    allow(two, now, Free.OWN)
    savings = make.account(two.payer, now=now)
    order = transfers.Order(two.source.public_id, savings.public_id, None, 300_00)
    made = transfers.draft(customer=two.payer, key=uuid.uuid4(), order=order, now=now)
    confirm(two, made.transfer_id, now)
    assert Transfer.objects.get().free == "own"
    is_asked(two, 1_00, now)


@pytest.mark.parametrize("seconds", [0.1, 1.99, -1])
def test_a_confirmation_faster_than_people_read_is_asked_for_a_code(
    two: make.Pair, now: datetime, seconds: float
) -> None:
    allow(two, now)
    is_asked(two, 1_00, now, seconds)
    assert send(two, 1_00, now).free == "small"


def test_a_code_that_came_too_fast_is_marked_in_the_trail(two: make.Pair, now: datetime) -> None:
    paid(two, 1_00, now)
    slow = drafted(two, 1_00, now)
    challenge = approved(two.payer, slow, now)
    later = now + timedelta(seconds=2)
    transfers.confirm(customer=two.payer, transfer_id=slow, challenge_id=challenge, now=later)
    marks = [row.after.get("quick") for row in Row.objects.filter(act=transfers.CONFIRMED).order_by("id")]
    assert marks == [True, None]


def test_the_stamp_of_the_page_is_ours_and_this_transfers(now: datetime) -> None:
    mine, other = uuid.uuid4(), uuid.uuid4()
    stamp = served.stamp(mine, now=now)
    assert served.read(stamp, mine) == now
    for text, transfer_id in ((stamp, other), (stamp[:-1], mine), ("", mine), ("x", mine), ("\x00", mine)):
        assert served.read(text, transfer_id) is None


@pytest.mark.django_db(transaction=True)
@pytest.mark.race
def test_twenty_at_once_never_pass_the_cap(now: datetime) -> None:
    two = make.pair(balance=100_000_00, now=now)
    add_figure("transfer.free.small.count", "15", now=now)
    allow(two, now)
    ready = [drafted(two, 60_00, now) for _ in range(20)]
    results = together([partial(confirm, two, transfer_id, now) for transfer_id in ready])
    done = [result for result in results if isinstance(result, transfers.Confirmed)]
    assert len(done) == 8  # 480 of 500
    assert all(isinstance(result, stepup.Unanswered | transfers.Confirmed) for result in results), results
    assert (Freedom.objects.get().amount, Freedom.objects.get().count) == (480_00, 8)
    assert balances.available(two.destination.ledger_account_id).minor == 480_00


def test_a_confirmation_without_a_code_asks_the_database_seven_times(
    two: make.Pair, now: datetime, django_assert_num_queries: Any
) -> None:
    """Open, lock, what has gone, what the rules measure, entry, draft confirmed with trail and fact, close."""
    allow(two, now)
    transfer_id = drafted(two, 1_00, now)
    with django_assert_num_queries(7):
        confirm(two, transfer_id, now)


def test_the_pages_from_allowing_to_a_transfer_without_a_code_and_back(two: make.Pair) -> None:
    now = timezone.now()
    make.enrol(two.payer)
    client = signed_in(two.payer)
    page = client.get(reverse("payment_freedoms")).content.decode()
    assert page.count("Asks for a code") == 2
    switch, small = reverse("payment_freedom_switch"), {"kind": "small", "currency": "CNY"}
    for bad in ({}, {"kind": "x", "currency": "CNY"}, {"kind": "small", "currency": "USD"}):
        assert client.post(switch, {**bad, "act": "allow"})["Location"] == reverse("payment_freedoms")
    assert client.get(reverse("payment_freedom_allow"))["Location"] == reverse("payment_freedoms")
    asked = client.post(switch, {**small, "act": "allow"})["Location"]
    first = client.get(asked)
    assert "¥</span>500" in first.content.decode()
    wrong = refused(client, asked, answer_to(first, now, code="000000"))
    assert not Freedom.objects.filter(given_at__isnull=False).exists()
    assert client.post(asked, answer_to(wrong, now))["Location"] == reverse("payment_freedoms")

    check = reverse("transfer_check", args=[drafted(two, 150_00, now)])
    text = client.get(check).content.decode()
    assert "No code is needed" in text
    assert 'name="stepup-code"' not in text
    hurried = refused(client, check, {"served": served.stamp(Transfer.objects.get().public_id, now=timezone.now())})
    assert "This time we ask for a code" in hurried.content.decode()
    assert 'name="stepup-code"' in hurried.content.decode()
    assert not Entry.objects.filter(kind=transfers.KIND).exists()
    early = served.stamp(Transfer.objects.get().public_id, now=timezone.now() - timedelta(seconds=5))
    assert client.post(check, {"served": early})["Location"].startswith("/receipts/")
    assert "gone since your last code" in client.get(reverse("payment_freedoms")).content.decode()
    assert client.post(switch, {**small, "act": "forbid"})["Location"] == reverse("payment_freedoms")
    again = client.get(reverse("transfer_check", args=[drafted(two, 1_00, now)])).content.decode()
    assert 'name="stepup-code"' in again


def test_a_payee_is_trusted_on_a_page_with_a_code(two: make.Pair) -> None:
    now = timezone.now()
    make.enrol(two.payer)
    client = signed_in(two.payer)
    place = reverse("payee_trust", args=[two.payee.public_id])
    done = client.post(place, answer_to(client.get(place), now))
    assert done["Location"] == reverse("payee", args=[two.payee.public_id])
    assert Payee.objects.get().trusted_at is not None
    assert client.get(place)["Location"] == done["Location"]
    assert "Landlord" in client.get(reverse("payment_freedoms")).content.decode()
    stranger = signed_in(two.receiver)
    for name in ("payee_trust", "payee_distrust"):
        assert stranger.post(reverse(name, args=[two.payee.public_id])).status_code == 404
    client.post(reverse("payee_distrust", args=[two.payee.public_id]))
    assert Payee.objects.get().trusted_at is None
