"""Consents: nobody has consented before they said so; dated, worded, taken back as easily as given."""

import re
import threading
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction
from django.test import Client
from django.urls import reverse

from accounts.mydata import consents
from accounts.mydata.models import Consent, ConsentText
from core.audit.models import Row
from core.outbox.models import FactRecord
from tests.factories import access

pytestmark = pytest.mark.django_db


def newest_of(purpose: str, *, version: int, asks_again: bool = False) -> consents.Wording:
    texts = {code: {"title": "New", "text": "New words"} for code in ("en", "zh-hans")}
    return consents.Wording(purpose, version, date(2026, 11, 24), asks_again, "plain", texts)


def test_nobody_has_consented_before_they_said_so(now: datetime) -> None:
    customer = access.customer()
    assert consents.purposes(on=now.date())
    assert not any(one.given or one.since for one in consents.standings(customer=customer, now=now))
    assert not consents.given(customer=customer, purpose="offers", on=now)
    with pytest.raises(consents.UnknownPurpose):
        consents.given(customer=customer, purpose="selling my data", on=now)


def test_a_consent_holds_from_when_it_is_given_until_it_is_taken_back(now: datetime) -> None:
    customer, hour = access.customer(), timedelta(hours=1)
    assert consents.give(customer=customer, purpose="offers", version=1, language="en", now=now)
    assert not consents.give(customer=customer, purpose="offers", version=1, language="en", now=now)
    assert consents.withdraw(customer=customer, purpose="offers", language="en", now=now + hour)
    assert not consents.withdraw(customer=customer, purpose="offers", language="en", now=now + hour)

    def given(at: datetime) -> bool:
        return consents.given(customer=customer, purpose="offers", on=at)

    assert [given(now - hour), given(now), given(now + hour), given(now + 2 * hour)] == [False, True, False, False]
    assert [row.given for row in consents.history(customer=customer, purpose="offers")] == [False, True]
    assert not consents.given(customer=customer, purpose="partners", on=now)
    assert FactRecord.objects.filter(kind="mydata.consent_changed").count() == 2
    assert list(Row.objects.filter(act__startswith="mydata.consent").order_by("id").values_list("act", flat=True)) == [
        "mydata.consent_given",
        "mydata.consent_withdrawn",
    ]


def test_the_words_somebody_agreed_to_are_kept_and_cannot_change_under_their_version(
    now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    customer, other = access.customer(), access.customer("other@example.com")
    consents.give(customer=customer, purpose="offers", version=1, language="en", now=now)
    assert ConsentText.objects.get().texts["en"]["text"].startswith("We may tell you about products")
    changed = newest_of("offers", version=1)
    monkeypatch.setattr(consents, "wording_of", lambda *_args, **_named: changed)
    with pytest.raises(consents.TextChanged), transaction.atomic():
        consents.give(customer=other, purpose="offers", version=1, language="en", now=now)
    assert Consent.objects.count() == 1


@pytest.mark.parametrize(("asks_again", "holds"), [(False, True), (True, False)])
def test_a_new_version_asks_again_only_where_it_says_so(
    now: datetime, monkeypatch: pytest.MonkeyPatch, asks_again: bool, holds: bool
) -> None:
    customer = access.customer()
    consents.give(customer=customer, purpose="offers", version=1, language="en", now=now)
    words = (*consents.wordings(), newest_of("offers", version=2, asks_again=asks_again))
    monkeypatch.setattr(consents, "wordings", lambda: words)
    assert consents.given(customer=customer, purpose="offers", on=now)
    assert consents.given(customer=customer, purpose="offers", on=now + timedelta(days=1)) is holds
    with pytest.raises(ValueError, match="not in force"):
        consents.give(customer=customer, purpose="offers", version=1, language="en", now=now + timedelta(days=1))


@pytest.mark.parametrize("table", ["mydata_consent", "mydata_consenttext"])
@pytest.mark.parametrize("statement", ["UPDATE {} SET id = id", "DELETE FROM {}"])
def test_the_history_is_never_edited_by_the_application(now: datetime, table: str, statement: str) -> None:
    consents.give(customer=access.customer(), purpose="offers", version=1, language="en", now=now)
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement.format(table))
    assert Consent.objects.count() == 1


@pytest.mark.as_owner
@pytest.mark.parametrize("statement", ["UPDATE mydata_consent SET given = false", "DELETE FROM mydata_consent"])
def test_the_history_is_never_edited_by_the_tables_owner(now: datetime, statement: str) -> None:
    consents.give(customer=access.customer(), purpose="offers", version=1, language="en", now=now)
    with pytest.raises(DatabaseError, match="never changed"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)


@pytest.mark.race
@pytest.mark.django_db(transaction=True)
def test_ten_presses_at_once_are_one_consent(now: datetime) -> None:
    customer, results = access.customer(), list[bool]()

    def press() -> None:
        results.append(consents.give(customer=customer, purpose="offers", version=1, language="en", now=now))
        connection.close()

    threads = [threading.Thread(target=press) for _number in range(10)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(results) == [False] * 9 + [True]
    assert Consent.objects.count() == 1


def test_the_page_asks_with_an_unticked_box_and_takes_back_with_fewer_presses_than_it_gives(client: Client) -> None:
    customer = access.customer()
    client.force_login(customer.user)
    page = reverse("mydata_consent", args=["offers"])
    shown = client.get(page).content.decode()
    box = re.search(r'<input[^>]*type="checkbox"[^>]*>', shown)
    assert box is not None
    assert "checked" not in box[0]
    # Giving: open the purpose, tick, press. Without the tick nothing is given.
    assert client.post(page, {"version": 1}).status_code == 200
    assert not Consent.objects.exists()
    assert client.post(page, {"version": 99, "agreed": "on"}).status_code == 200
    assert not Consent.objects.exists()
    assert client.post(page, {"version": 1, "agreed": "on"})["Location"] == reverse("mydata_consents")
    assert Consent.objects.get().given
    # Taking back: open the purpose, press.
    held = client.get(page).content.decode()
    assert 'name="withdraw"' in held
    assert 'type="checkbox"' not in held
    assert client.post(page, {"withdraw": "yes"})["Location"] == reverse("mydata_consents")
    assert not Consent.objects.latest("id").given


def test_a_purpose_that_is_none_does_not_exist(client: Client) -> None:
    client.force_login(access.customer().user)
    assert client.get(reverse("mydata_consent", args=["nothing"])).status_code == 404


def test_the_list_of_consents_costs_the_same_however_long_the_history(
    client: Client, now: datetime, django_assert_num_queries: Any
) -> None:
    customer = access.customer()
    client.force_login(customer.user)
    client.get(reverse("mydata_consents"))
    for rounds in (1, 3):
        for step in range(rounds):
            at = now + timedelta(minutes=rounds * 10 + step)
            consents.give(customer=customer, purpose="offers", version=1, language="en", now=at)
            consents.withdraw(customer=customer, purpose="offers", language="en", now=at)
        with django_assert_num_queries(5):
            client.get(reverse("mydata_consents"))
