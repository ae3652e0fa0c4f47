"""Exchanging between own accounts: what moves, what is refused, and that nothing happens twice."""

import uuid
from datetime import timedelta
from threading import Barrier, Thread

import pytest
from django.db import IntegrityError, connection, transaction

from accounts.access import stepup
from accounts.inbox.models import Notice
from core.audit.models import Row
from core.outbox import relay
from ledger import balances, checks
from ledger.models import Account, Entry, Line
from ledger.money import Money
from payments.exchange import queries
from payments.exchange.models import Exchange, Quote, Rate
from payments.exchange.refusals import (
    ExchangeVoid,
    NotQuoted,
    QuotaReached,
    QuoteExpired,
    RateMoved,
    SameCurrency,
    TooLittle,
    UnknownExchange,
)
from payments.exchange.services import clearing_out, exchanges
from payments.models import Freedom
from payments.refusals import InsufficientFunds, KeyTaken, SameAccount, UnknownDestination, UnknownSource
from tests.factories import exchange as make
from tests.factories import payments as money
from tests.factories.policy import add_figure

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def two(now) -> make.Traveller:
    make.rates(now=now)
    return make.traveller(now=now)


def order(source, destination, amount, fixed="sell", memo=""):
    return exchanges.Order(source.public_id, destination.public_id, amount, fixed, memo)


def draft(two, now, wanted=None, key=None) -> Exchange:
    made = exchanges.draft(
        customer=two.customer, key=key or uuid.uuid4(), order=wanted or order(two.foreign, two.yuan, 1_000_00), now=now
    )
    return Exchange.objects.select_related("quote").get(public_id=made)


def confirm(two, row, now, **given):
    wanted = {"quote_id": row.quote.public_id, "challenge_id": None, **given}
    if wanted["challenge_id"] is None:
        wanted["challenge_id"] = make.approved(row, now)
    return exchanges.confirm(customer=two.customer, exchange_id=row.public_id, now=now, **wanted)


def booked(*accounts) -> list[int]:
    found = balances.of([each.ledger_account_id for each in accounts])
    return [found[each.ledger_account_id].booked for each in accounts]


def bank(*codes) -> list[int]:
    ids = dict(Account.objects.filter(code__in=codes).values_list("code", "pk"))
    found = balances.of(ids.values())
    return [found[ids[code]].booked for code in codes]


def nothing_happened(two) -> None:
    assert booked(two.yuan, two.foreign) == [100_000_00, 10_000_00]
    assert not Entry.objects.filter(kind="exchange.own").exists()
    assert not Quote.objects.filter(taken_at__isnull=False).exists()


def test_the_statement_says_what_became_what_as_amounts_are_written(two, now):
    confirm(two, draft(two, now, order(two.foreign, two.yuan, 1_000_00, memo="back home")), now)
    own = [two.foreign.ledger_account_id, two.yuan.ledger_account_id]
    words = Line.objects.filter(account_id__in=own, entry__kind="exchange.own").values_list("narrative", flat=True)
    assert set(words) == {"1,000.00 USD → 7,178.40 CNY · back home"}


def test_dollars_become_yuan_in_one_entry_in_which_each_currency_balances(two, now):
    row = draft(two, now, order(two.foreign, two.yuan, 1_000_00, memo="back home"))
    confirm(two, row, now)
    assert booked(two.yuan, two.foreign) == [107_178_40, 9_000_00]
    assert bank("fx-position:USD", "fx-counter:USD:CNY", "fx-spread:CNY") == [1_000_00, -7_200_00, 21_60]
    entry = Entry.objects.get(kind="exchange.own")
    with connection.cursor() as cursor:
        cursor.execute("SELECT currency, sum(amount) FROM ledger_line WHERE entry_id = %s GROUP BY 1", [entry.pk])
        assert dict(cursor.fetchall()) == {"USD": 0, "CNY": 0}
    row.refresh_from_db()
    assert (row.state, row.entry_id, row.quote.usd) == ("confirmed", entry.pk, 1_000_00)
    assert Row.objects.filter(act="exchange.done").count() == 1
    relay.drain(now=now)
    assert Notice.objects.filter(user=two.customer.user, event="exchange.done").count() == 1


def test_the_amount_to_be_received_can_be_given_and_yen_stay_whole(two, now):
    yen = money.account(two.customer, currency="JPY", now=now)
    row = draft(two, now, order(two.yuan, yen, 10_001, "buy"))
    confirm(two, row, now)
    assert booked(yen) == [10_001]
    assert booked(two.yuan) == [100_000_00 - 481_73]  # 481.728168, up
    assert bank("fx-position:JPY", "fx-counter:JPY:CNY", "fx-spread:CNY") == [-10_001, 480_05, 1_68]


def test_a_repeat_of_the_form_or_of_the_confirmation_changes_nothing(two, now):
    key, wanted = uuid.uuid4(), order(two.foreign, two.yuan, 1_000_00)
    first = draft(two, now, wanted, key)
    again = draft(two, now, wanted, key)
    assert (again.pk, Quote.objects.count()) == (first.pk, 1)
    assert confirm(two, again, now) == again.public_id
    assert confirm(two, again, now, challenge_id=uuid.uuid4()) == again.public_id
    assert draft(two, now, wanted, key).pk == again.pk
    with pytest.raises(KeyTaken):
        draft(two, now, order(two.foreign, two.yuan, 2_000_00), key)
    assert booked(two.yuan, two.foreign) == [107_178_40, 9_000_00]


@pytest.mark.parametrize(
    ("wanted", "refusal"),
    [
        (lambda two, other: order(two.foreign, two.foreign, 100), SameAccount),
        (lambda two, other: order(two.foreign, two.yuan, 10_000_01), InsufficientFunds),
        (lambda two, other: order(two.yuan, two.foreign, 7), TooLittle),
        (lambda two, other: order(two.foreign, other, 100), UnknownDestination),
        (lambda two, other: order(other, two.foreign, 100), UnknownSource),
    ],
)
def test_what_cannot_be_exchanged_is_refused_before_it_is_priced(two, now, wanted, refusal):
    other = money.account(money.customer("李明", now=now), now=now)
    with pytest.raises(refusal):
        draft(two, now, wanted(two, other))
    assert not Exchange.objects.exists()
    nothing_happened(two)


def test_two_accounts_in_one_currency_are_no_exchange(two, now):
    with pytest.raises(SameCurrency):
        draft(two, now, order(two.yuan, money.account(two.customer, now=now), 100))


def test_a_price_that_ran_out_or_whose_rate_moved_books_nothing_and_a_new_one_is_given(two, now):
    row = draft(two, now)
    late = row.quote.expires_at
    with pytest.raises(QuoteExpired):
        confirm(two, row, late)
    nothing_happened(two)
    new = exchanges.requote(customer=two.customer, exchange_id=row.public_id, now=late)
    assert (new.sell, new.quote.id != row.quote.public_id) == (Money.of("1000", "USD"), True)
    with pytest.raises(NotQuoted):
        confirm(two, row, late)
    row = Exchange.objects.select_related("quote").get()
    make.rates(day=now.date(), USD="1.2", now=now)
    with pytest.raises(RateMoved):
        confirm(two, row, late)
    nothing_happened(two)
    moved = exchanges.requote(customer=two.customer, exchange_id=row.public_id, now=late)
    assert moved.buy == Money.of("6729.75", "CNY")  # 6.75 less 0.3 %: 6.72975
    row = Exchange.objects.select_related("quote").get()
    confirm(two, row, late)
    assert booked(two.yuan) == [106_729_75]
    with pytest.raises(ExchangeVoid):
        confirm(two, draft(two, now), now + timedelta(minutes=31))


def test_an_answer_opens_the_price_it_was_given_for_and_no_other(two, now):
    row, dear = draft(two, now), draft(two, now, order(two.foreign, two.yuan, 9_000_00))
    answered = make.approved(row, now)
    with pytest.raises(stepup.Refused):
        confirm(two, dear, now, challenge_id=answered)
    with pytest.raises(stepup.Unanswered):
        exchanges.confirm(
            customer=two.customer, exchange_id=row.public_id, quote_id=row.quote.public_id, challenge_id=None, now=now
        )
    nothing_happened(two)
    confirm(two, row, now, challenge_id=answered)


def test_what_the_customer_allowed_between_own_accounts_takes_no_code_up_to_its_cap(two, now):
    Freedom.objects.create(customer=two.customer, kind="own", currency="CNY", given_at=now)
    row = draft(two, now, order(two.yuan, two.foreign, 1_000_00))
    free = {"quote_id": row.quote.public_id, "challenge_id": None, "now": now}
    exchanges.confirm(customer=two.customer, exchange_id=row.public_id, served_at=now - timedelta(minutes=1), **free)
    assert Freedom.objects.get().amount == 1_000_00
    row.refresh_from_db()
    assert row.free == "own"


def test_another_customers_exchange_is_not_there(two, now):
    row, other = draft(two, now), money.customer("李明", now=now)
    with pytest.raises(UnknownExchange):
        exchanges.requote(customer=other, exchange_id=row.public_id, now=now)
    with pytest.raises(UnknownExchange):
        exchanges.confirm(
            customer=other, exchange_id=row.public_id, quote_id=row.quote.public_id, challenge_id=None, now=now
        )
    assert queries.exchange_of(other, row.public_id) is None


def test_the_yearly_quotas_stop_what_is_bought_and_what_is_sold_each_by_itself(two, now):
    add_figure("exchange.sold_year.usd", "1500.00", type="decimal", unit="USD", now=now)
    add_figure("crossborder.quota_year.usd", "100.00", type="decimal", unit="USD", now=now)
    confirm(two, draft(two, now), now)
    second = draft(two, now, order(two.foreign, two.yuan, 500_00))
    third = draft(two, now, order(two.foreign, two.yuan, 500_00))
    confirm(two, second, now)
    with pytest.raises(QuotaReached) as sold:
        confirm(two, third, now)
    assert (sold.value.left, sold.value.buys) == (0, False)
    with pytest.raises(QuotaReached) as bought:
        draft(two, now, order(two.yuan, two.foreign, 100_01, "buy"))
    assert (bought.value.left, bought.value.buys) == (100_00, True)
    confirm(two, draft(two, now, order(two.yuan, two.foreign, 100_00, "buy")), now)
    with pytest.raises(QuotaReached):
        draft(two, now, order(two.yuan, two.foreign, 1, "buy"))
    yen = money.account(two.customer, currency="JPY", now=now)
    confirm(two, draft(two, now, order(two.foreign, yen, 1_000_00)), now)  # between two foreign ones nothing counts


@pytest.mark.race
def test_one_price_confirmed_in_parallel_books_once(two, now):
    row = draft(two, now)
    challenge, start, found = make.approved(row, now), Barrier(6), []

    def go() -> None:
        try:
            start.wait()
            found.append(confirm(two, row, now, challenge_id=challenge))
        finally:
            connection.close()

    threads = [Thread(target=go) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [row.public_id] * 6
    assert Entry.objects.filter(kind="exchange.own").count() == 1
    assert booked(two.yuan, two.foreign) == [107_178_40, 9_000_00]
    assert checks.drift() == []


@pytest.mark.race
def test_two_exchanges_at_once_do_not_spend_the_same_money_or_the_same_quota(two, now):
    add_figure("exchange.sold_year.usd", "10000.00", type="decimal", unit="USD", now=now)
    rows = [draft(two, now, order(two.foreign, two.yuan, 6_000_00)) for _ in range(2)]
    answers, start, found = [make.approved(row, now) for row in rows], Barrier(2), []

    def go(row, challenge) -> None:
        try:
            start.wait()
            confirm(two, row, now, challenge_id=challenge)
            found.append("made")
        except (QuotaReached, InsufficientFunds) as refusal:
            found.append(type(refusal).__name__)
        finally:
            connection.close()

    threads = [Thread(target=go, args=pair) for pair in zip(rows, answers, strict=True)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(found) == ["QuotaReached", "made"]
    assert booked(two.foreign) == [4_000_00]


def test_the_database_lets_nobody_rewrite_what_was_published_priced_or_booked(two, now):
    row = draft(two, now)
    confirm(two, row, now)
    other = draft(two, now)
    for statement in (
        lambda: Quote.objects.filter(pk=row.quote_id).update(taken_at=None, taken_on=None),
        lambda: Quote.objects.filter(pk=other.quote_id).update(buy=1_000_000_00),
        lambda: Exchange.objects.filter(pk=row.pk).update(entry_id=1),
        lambda: Exchange.objects.filter(pk=row.pk).delete(),
        lambda: Exchange.objects.filter(pk=other.pk).update(
            state="confirmed", entry_id=row.entry_id or 1, confirmed_at=now, business_date=now.date()
        ),
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            statement()
    with pytest.raises(Exception, match="permission denied"), transaction.atomic():
        Rate.objects.update(rate=1)


def test_what_nobody_confirmed_is_deleted_after_a_day_and_what_was_booked_stays(two, now):
    confirm(two, draft(two, now), now)
    draft(two, now)
    assert clearing_out.clear(now=now + timedelta(hours=20)) == 0
    assert clearing_out.clear(now=now + timedelta(hours=25)) == 2
    assert (Exchange.objects.count(), Quote.objects.count()) == (1, 1)
