"""The counter's pages, walked as people at a branch walk them."""

import re
from collections.abc import Iterator
from datetime import datetime
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from accounts.inbox.models import Notice
from accounts.mydata.models import Protection
from core.audit.models import Row
from core.changes.models import Change
from core.outbox import relay
from payments.counter.models import Operation, TillDay, Visit
from payments.models import MovementPaper
from tests.factories import changes
from tests.factories import counter as make
from tests.factories import identity as desk

pytestmark = pytest.mark.django_db
HOME = "admin:counter_tillday_changelist"


@pytest.fixture
def now() -> Iterator[datetime]:
    """Pages run at the real clock; so does what they show here."""
    return timezone.now()  # type: ignore[return-value]


def browser(user: Any) -> Client:
    return desk.enter(Client(headers={"accept-language": "en"}), user)


def text(answer: Any) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode()))


def find(client: Client, account: Any, **more: str) -> Any:
    typed = {"number": account.number, "document_kind": "passport", "ending": "1234", "sighted": "on", **more}
    return client.post(reverse("admin:counter_find"), typed)


def test_a_day_at_the_counter_from_the_float_to_the_closed_till(now: datetime) -> None:
    house = make.branch(now=now)
    teller, keeper = make.colleague(house, "teller", now=now), make.colleague(house, "branch_supervisor", now=now)
    _someone, account = make.customer(now=now)
    mine, theirs = browser(teller), browser(keeper)

    def confirm_at_the_vault() -> None:
        page = theirs.get(reverse(HOME))
        (waiting,) = re.findall(r"/admin/counter/tillday/vault/[0-9a-f-]+/", page.content.decode())
        assert "100.00" in text(theirs.get(waiting))
        assert theirs.post(f"{waiting}confirm/").status_code == 302

    inside = text(mine.get(reverse("admin:index")))
    assert "Branch counter" in inside
    assert "Days of tills" not in inside  # the place, and not the records behind it
    assert "Take a till" in text(mine.get(reverse(HOME)))
    till = house.tills.get(number=1)
    mine.post(reverse("admin:counter_take"), {"till": str(till.public_id), "n10000": "5"})
    assert "opens when whoever keeps the vault" in text(mine.get(reverse(HOME)))
    confirm_at_the_vault()

    served = find(mine, account)
    visit = Visit.objects.get()
    assert served["Location"] == reverse("admin:counter_visit", args=[visit.public_id])
    assert "王小明" in text(mine.get(served["Location"]))
    form = reverse("admin:counter_new", args=[visit.public_id, "deposit"])
    key = re.search(r'name="key" value="([^"]+)"', mine.get(form).content.decode())[1]  # type: ignore[index]
    wrong = mine.post(form, {"key": key, "account": str(account.public_id), "amount": "10.05"})
    assert "Notes and coins do not come to this amount" in text(wrong)
    assert 'value="10.05"' in wrong.content.decode()  # nothing typed is lost
    checked = mine.post(form, {"key": key, "account": str(account.public_id), "amount": "1万", "memo": "压岁钱"})
    operation = Operation.objects.get()
    assert checked["Location"] == reverse("admin:counter_operation", args=[operation.public_id])
    look = text(mine.get(checked["Location"]))
    assert "ten thousand yuan" in look
    assert "Branch counter" in look
    zh = text(mine.get(checked["Location"], headers={"accept-language": "zh-hans"}))
    assert "人民币壹万元整" in zh
    for _press in range(2):
        mine.post(reverse("admin:counter_confirm", args=[operation.public_id]), {"note": ""})
    operation.refresh_from_db()
    assert operation.state == "done"
    paper = mine.get(reverse("admin:counter_slip", args=[operation.public_id]))
    assert paper.content.startswith(b"%PDF")
    code = MovementPaper.objects.get().verification_code
    anybody = text(Client(headers={"accept-language": "en"}).get(reverse("verify_receipt", args=[code])))
    assert operation.reference in anybody
    assert "王小明" not in anybody  # half hidden for whoever holds the paper
    day_page = text(mine.get(reverse(HOME)))
    assert "10,500.00" in day_page
    assert operation.reference in day_page

    mine.post(reverse("admin:counter_close"), {"n10000": "104"})  # a hundred is missing
    closing = text(mine.get(reverse("admin:counter_close")))
    assert "10,400.00" in closing
    assert "−CN¥100.00" in closing or "-¥100.00" in closing or "100.00" in closing
    mine.post(reverse("admin:counter_close_hand_over"))
    assert TillDay.objects.get().state == "counted"  # not before the difference is booked
    mine.post(reverse("admin:counter_close_difference"), {"reason": "Looked everywhere, one note is missing"})
    mine.post(reverse("admin:counter_close_hand_over"))
    confirm_at_the_vault()
    assert TillDay.objects.get().state == "closed"
    assert "Take a till" in text(mine.get(reverse(HOME)))
    assert "Cash in" in text(theirs.get(reverse("admin:counter_report")))


def test_the_customer_is_told_and_finds_the_same_receipt_online(now: datetime) -> None:
    counter = make.opened(now=now)
    someone, account = make.customer(now=now)
    made = make.done(counter, make.visit(counter, account, now=now), make.order("deposit", account, 50_00), now=now)
    for _time in range(2):
        relay.drain(now=timezone.now())
    (notice,) = Notice.objects.filter(user=someone.user)
    assert "50.00" in notice.texts["en"]["title"]
    assert "Lujiazui" in notice.texts["en"]["body"]
    assert "陆家嘴支行" in notice.texts["zh-hans"]["body"]
    online = Client(headers={"accept-language": "en"})
    online.force_login(someone.user)
    receipt = text(online.get(notice.link))
    for words in (made.reference, "Branch counter", "Lujiazui branch", "50.00"):
        assert words in receipt
    statement = text(online.get(reverse("statement", args=[account.public_id])))
    assert "Cash deposit" in statement


def test_another_tellers_pages_do_not_exist(now: datetime) -> None:
    counter = make.opened(now=now)
    _someone, account = make.customer(now=now)
    visit = make.visit(counter, account, now=now)
    operation = make.drafted(counter, visit, make.order("deposit", account, 10_00), now=now)
    other = browser(make.opened(counter.branch, till=2, now=now).teller)
    for name, record, post in (
        ("visit", visit, False), ("visit_leave", visit, True), ("operation", operation, False),
        ("confirm", operation, True), ("drop", operation, True), ("undo", operation, False), ("slip", operation, False),
    ):  # fmt: skip
        address = reverse(f"admin:counter_{name}", args=[record.public_id])
        assert (other.post(address) if post else other.get(address)).status_code == 404, name
    assert Operation.objects.get().state == "draft"


def test_a_protected_record_opens_with_a_reason_and_says_so_to_the_auditors(now: datetime) -> None:
    counter = make.opened(now=now)
    someone, account = make.customer(now=now)
    auditor = changes.staff("auditor")
    Protection.objects.create(customer=someone, reason="known to everybody", since=now)
    client = browser(counter.teller)
    asked = find(client, account)
    assert "opens with a reason only" in text(asked)
    assert not Visit.objects.exists()
    assert find(client, account, reason="pays in cash at my desk").status_code == 302
    assert Row.objects.filter(act="mydata.covered_record_opened", actor_id=counter.teller.pk).exists()
    assert Notice.objects.filter(user=auditor, event="keeping.looked").exists()


def test_what_is_not_found_is_said_and_kept_and_nothing_is_listed(now: datetime) -> None:
    counter = make.opened(now=now)
    make.customer(now=now)
    client = browser(counter.teller)
    for number in ("王小明", "8810", "13800000000"):
        answer = client.post(
            reverse("admin:counter_find"),
            {"number": number, "document_kind": "passport", "ending": "1234", "sighted": "on"},
        )
        assert "Nobody is found by this number" in text(answer)
    assert Row.objects.filter(act="counter.customer_not_served").count() == 3
    unsighted = client.post(reverse("admin:counter_find"), {"number": "8810", "document_kind": "passport"})
    assert "Sight the document" in text(unsighted)
    assert Row.objects.filter(act="counter.customer_not_served").count() == 3  # it was not even looked up


def test_the_days_page_asks_as_much_for_three_movements_as_for_one(now: datetime) -> None:
    counter = make.opened(now=now)
    _someone, account = make.customer(now=now)
    visit, client, counts = make.visit(counter, account, now=now), browser(counter.teller), []
    for _one in range(3):
        make.done(counter, visit, make.order("deposit", account, 10_00), now=now)
        with CaptureQueriesContext(
            connection,
        ) as asked:
            assert client.get(reverse(HOME)).status_code == 200
        counts.append(len(asked))
    assert counts[0] == counts[2]
    assert counts[0] <= 25


def test_the_operation_says_what_becomes_of_the_wish_to_undo_it(now: datetime) -> None:
    counter = make.opened(now=now)
    _someone, account = make.customer(now=now)
    made = make.done(counter, make.visit(counter, account, now=now), make.order("deposit", account, 500_00), now=now)
    mine, page = browser(counter.teller), reverse("admin:counter_operation", args=[made.public_id])
    undo = reverse("admin:counter_undo", args=[made.public_id])

    def wish() -> Change:
        mine.post(undo, {"reason": "The customer said 50, I keyed 500"})
        mine.get(page)  # the sentence above the page is said once
        return Change.objects.get(state="asked")

    assert undo in mine.get(page).content.decode()
    first = wish()
    waits = mine.get(page)
    assert "It stays as it is until a branch supervisor or an approver has agreed" in text(waits)
    assert undo not in waits.content.decode()  # it is asked for once
    assert first.title.startswith("↺ 500.00 CNY")
    back = mine.post(reverse("admin:changes_withdraw", args=[first.public_id]), {"back": page})
    assert back["Location"] == page
    told = text(mine.get(reverse("admin:changes_change", args=[first.public_id])))
    assert "Why it is undone The customer said 50, I keyed 500" in told
    assert str(made.public_id) not in told  # in words, and not as it was written down
    assert "It was not undone Withdrawn" in text(mine.get(page))
    changes.decide(wish(), counter.keeper, "decline", now=now)
    relay.drain(now=timezone.now())
    declined = mine.get(page)
    assert "It was not undone Declined" in text(declined)
    assert undo in declined.content.decode()
    changes.decide(wish(), counter.keeper, now=now)
    relay.drain(now=timezone.now())
    made.refresh_from_db()
    assert made.reversed_at is not None
    undone = mine.get(page)
    assert "It was not undone" not in text(undone)
    assert undo not in undone.content.decode()
    assert text(undone).count("Undone") == 2  # the state, and since when


def test_a_difference_that_was_taken_back_is_told_in_words_and_leads_back_to_the_till(now: datetime) -> None:
    counter = make.opened(now=now)
    mine = browser(counter.teller)
    mine.post(reverse("admin:counter_close"), {"n10000": "990"})
    mine.post(reverse("admin:counter_close_difference"), {"reason": "A bundle of ten is missing, looked everywhere"})
    wish = Change.objects.get()
    withdraw, closing = reverse("admin:changes_withdraw", args=[wish.public_id]), reverse("admin:counter_close")
    assert f'name="back" value="{closing}"' in mine.get(closing).content.decode()
    away = mine.post(withdraw, {"back": "https://elsewhere.example/"})
    assert away["Location"] == reverse("admin:changes_change", args=[wish.public_id])
    told = text(mine.get(away["Location"]))
    assert "In the books ¥100,000.00" in told
    assert "9900000" not in told  # minor units are for machines
    assert wish.title.startswith("-1,000.00 CNY")


def test_a_supervisor_compares_their_own_branch_and_a_manager_any(now: datetime) -> None:
    counter = make.opened(now=now)
    away = make.branch(code="HZ01", now=now)
    own = text(browser(counter.keeper).get(reverse("admin:counter_report"), {"branch": away.code}))
    assert "Branches" not in own
    manager = browser(changes.staff("manager")).get(reverse("admin:counter_report"), {"branch": away.code})
    assert "?branch=SH01" in manager.content.decode()
