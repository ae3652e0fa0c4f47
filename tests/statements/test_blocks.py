"""The index of long histories leaves out only what cannot match, and pays off only where it is asked."""

import random
from datetime import datetime
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from accounts.models import BankAccount, Customer
from accounts.statements import blocks, filters, queries
from accounts.statements.models import SearchBlock
from accounts.statements.steps import SEARCH
from ledger.models import Account, Line
from tests.factories import access, statements

pytestmark = pytest.mark.django_db
TEXTS = [
    "rent",
    "RENT May",
    "房租",
    "王小明 · 房屋租金",
    "100% of it",
    "a_b",
    "\\",
    "ＡＢＣ",
    "İstanbul",
    "salary",
    "x",
]
WORDS = [
    "rent", "ent", "房", "房租", "租金", "小明 租金", "租房", "%", "_", "\\", "abc", "ＡＢＣ", "istanbul", "12.34",
    "99.99", "cash", "nowhere", "r t", '"may r"', "100% of", "x", "王", "ｒｅｎｔ",
]  # fmt: skip


@pytest.fixture
def account(monkeypatch: pytest.MonkeyPatch, now: datetime) -> BankAccount:
    holder: Customer = access.customer()
    found = statements.account(holder, now=now)
    chance = random.Random(20261123)
    monkeypatch.setattr(blocks, "SIZE", 8)
    monkeypatch.setattr(blocks, "FROM", 50)
    monkeypatch.setattr(blocks, "AT_ONCE", 3)
    statements.move(
        found, [chance.choice([12_34, 5_00, 1_00]) for _ in range(100)],
        narratives=[" ".join(chance.sample(TEXTS, 2)) if n % 3 else "y" for n in range(100)], now=now,
    )  # fmt: skip
    return found


def found(account: BankAccount, text: str) -> tuple[list[int], queries.Totals]:
    wanted = filters.read({"q": text}, currency="CNY", today=account.opened_on).filter
    own = account.ledger_account_id
    page, rest = queries.page(own, wanted), [line.number for line in queries.everything(own, wanted)]
    assert [line.number for line in page.movements] == rest[: queries.PAGE]
    return rest, queries.totals(own, wanted, most=1000)


def index(account: BankAccount, now: datetime) -> int:
    keys = SEARCH.items(now.date(), "", 10)
    for key in keys:
        SEARCH.do(key, now.date(), now)
    return len(keys)


def test_with_the_index_every_search_finds_what_it_finds_without(account: BankAccount, now: datetime) -> None:
    before = {text: found(account, text) for text in WORDS}
    assert index(account, now) == 1
    assert SearchBlock.objects.count() == 100 // 8
    assert {text: found(account, text) for text in WORDS} == before
    assert before["nowhere"][0] == []
    assert before["租金"][0] != [] != before["12.34"][0]


def test_what_is_newer_than_the_index_is_found_as_well_and_joins_it_later(account: BankAccount, now: datetime) -> None:
    index(account, now)
    assert index(account, now) == 0  # made once
    statements.move(account, [7_77], narratives=["brand new 小笼包"], now=now, key="new")
    assert found(account, "小笼包")[0] == found(account, "7.77")[0] == [101]
    statements.move(account, [1_00] * 10, now=now, key="more")
    assert index(account, now) == 1
    assert SearchBlock.objects.count() == 111 // 8
    assert found(account, "小笼包")[0] == [101]


def test_a_rare_word_reads_few_lines_and_a_common_one_goes_without(
    account: BankAccount, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    statements.move(account, [1_00] * 12, narratives=["needle"] + ["hay"] * 11, now=now, key="rare")
    index(account, now)
    narrowed = blocks.narrow(account.ledger_account_id, [(["needle"], None)])
    assert narrowed is not None
    assert (list(narrowed.firsts), narrowed.through) == ([97], 112)
    assert list(blocks.narrow(account.ledger_account_id, [(["nowhere at all"], None)]).firsts) == []  # type: ignore[union-attr]
    monkeypatch.setattr(blocks, "FEW", 3)
    assert blocks.narrow(account.ledger_account_id, [(["y"], None)]) is None


def test_only_the_own_account_is_asked_and_short_ones_have_no_index(account: BankAccount, now: datetime) -> None:
    index(account, now)
    other = statements.account(access.customer("other@example.com"), now=now, key="other")
    statements.move(other, [1_00] * 20, narratives=["房租"] * 20, now=now, key="other")
    assert index(account, now) == 0
    with CaptureQueriesContext(connection) as asked:
        assert len(found(other, "房租")[0]) == 20
    assert all(str(other.ledger_account_id) in query["sql"] for query in asked if "FROM" in query["sql"])
    assert not SearchBlock.objects.filter(account_id=other.ledger_account_id).exists()


def test_two_processes_at_once_make_each_block_once(account: BankAccount, now: datetime) -> None:
    """The second finds the blocks of the first: what it makes again changes nothing."""
    key = SEARCH.items(now.date(), "", 10)[0]
    SEARCH.do(key, now.date(), now)
    before = list(SearchBlock.objects.order_by("block").values_list("block", "grams"))
    SearchBlock.objects.filter(block__gte=6).delete()  # as a kill in the middle leaves it
    SEARCH.do(key, now.date(), now)
    SEARCH.do(key, now.date(), now)
    assert list(SearchBlock.objects.order_by("block").values_list("block", "grams")) == before
    assert Line.objects.filter(account_id=account.ledger_account_id).count() == 100
    assert Account.objects.get(pk=account.ledger_account_id).last_number == 100


def test_the_step_stands_on_the_board_of_the_business_day(settings: Any) -> None:
    from core.runs.steps import declared

    assert "statements.search" in [step.name for step in declared("end_of_day").steps]
