"""Both sides hear of a transfer, once, in both languages, with a way to the receipt."""

from datetime import datetime

import pytest

from accounts.inbox.models import Notice
from core.outbox import Fact
from payments import notices
from payments.services import transfers
from tests.factories import payments as make
from tests.payments.conftest import paid

pytestmark = pytest.mark.django_db


def fact(transfer_id: object, now: datetime) -> Fact:
    return Fact(1, transfers.CONFIRMED, {"transfer": str(transfer_id)}, "", now, now)


def test_payer_and_payee_are_told_once_however_often_the_fact_arrives(two: make.Pair, now: datetime) -> None:
    transfer_id = paid(two, 250_00, now)
    for _ in range(3):
        notices.transfer_confirmed(fact(transfer_id, now))
    told = {notice.user_id: notice for notice in Notice.objects.filter(event__startswith="payments.")}
    assert Notice.objects.filter(event__startswith="payments.").count() == 2
    sent, received = told[two.payer.user_id], told[two.receiver.user_id]
    assert sent.texts["en"]["title"] == "¥250.00 sent"
    assert "*明" in sent.texts["en"]["body"]
    assert "李明" not in str(sent.texts)
    assert received.texts["en"]["title"] == "¥250.00 received"
    assert "王小明" in received.texts["en"]["body"]
    assert sent.link == received.link == f"/receipts/{transfer_id}/"
    assert set(sent.texts) == {"zh-hans", "en"}


def test_money_between_own_accounts_is_told_once(two: make.Pair, now: datetime) -> None:
    two.payee.bank_account = make.account(two.payer, now=now)
    two.payee.save()
    notices.transfer_confirmed(fact(paid(two, 1_00, now), now))
    assert Notice.objects.filter(event__startswith="payments.").count() == 1


def test_a_payee_brought_over_from_another_bank_without_a_sign_in_is_no_mistake(two: make.Pair, now: datetime) -> None:
    two.receiver.user = None
    two.receiver.save()
    notices.transfer_confirmed(fact(paid(two, 1_00, now), now))
    assert Notice.objects.filter(event__startswith="payments.").count() == 1


def test_a_fact_about_no_transfer_is_an_error_that_staff_will_see(two: make.Pair, now: datetime) -> None:
    with pytest.raises(LookupError):
        notices.transfer_confirmed(fact("00000000-0000-4000-8000-000000000000", now))
