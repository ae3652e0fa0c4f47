"""Sending again and templates: a form filled in, nothing more; who is gone is said."""

import uuid
from datetime import datetime

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.access.models import StepUp
from ledger.models import Entry
from payments.models import Transfer
from payments.requests.refusals import NameTaken, NothingToKeep, TooManyTemplates
from payments.requests.services import templates
from payments.services import payees, transfers
from tests.factories import clearing, identity
from tests.factories import payments as make
from tests.factories import requests as factory
from tests.factories.policy import add_figure
from tests.payments.conftest import approved, paid

pytestmark = pytest.mark.django_db


@pytest.fixture
def now() -> datetime:
    return timezone.now()


@pytest.fixture
def two(now: datetime) -> make.Pair:
    made = make.pair(now=now)
    make.enrol(made.payer)
    return made


@pytest.fixture
def browser(client: Client, two: make.Pair) -> Client:
    return identity.enter(client, two.payer.user)  # type: ignore[arg-type]


def page(browser: Client, address: str) -> str:
    answer = browser.get(address)
    assert answer.status_code == 200
    return answer.content.decode()


def test_the_receipt_leads_to_the_form_filled_in_and_nothing_moves(
    two: make.Pair, browser: Client, now: datetime
) -> None:
    sent = paid(two, 12_50, now, memo="Rent")
    before = (Entry.objects.count(), Transfer.objects.count(), StepUp.objects.count())
    again = f"{reverse('transfer')}?again={sent}"
    assert again in page(browser, reverse("receipt", args=[sent]))
    form = page(browser, again)
    assert f'value="payee:{two.payee.public_id}" selected' in form
    assert 'value="12.50"' in form
    assert 'value="Rent"' in form
    assert (Entry.objects.count(), Transfer.objects.count(), StepUp.objects.count()) == before


def test_between_own_accounts_and_from_a_template_the_form_is_filled_in_too(
    two: make.Pair, browser: Client, now: datetime
) -> None:
    savings = make.account(two.payer, now=now)
    order = transfers.Order(
        source=two.source.public_id, to_account=savings.public_id, to_payee=None, amount=5_00, memo="save"
    )
    made = transfers.draft(customer=two.payer, key=uuid.uuid4(), order=order, now=now).transfer_id
    transfers.confirm(customer=two.payer, transfer_id=made, challenge_id=approved(two.payer, made, now), now=now)
    kept = templates.keep(customer=two.payer, of=made, name="Savings", now=now)
    for address in (f"?again={made}", f"?template={kept}"):
        form = page(browser, reverse("transfer") + address)
        assert f'value="account:{savings.public_id}" selected' in form
        assert 'value="5.00"' in form


def test_a_payment_to_another_bank_is_repeated_and_kept(two: make.Pair, browser: Client, now: datetime) -> None:
    made = clearing.in_time(two, now)
    kept = templates.keep(customer=two.payer, of=made.public_id, name="Landlord", now=now)
    for address in (f"?again={made.public_id}", f"?template={kept}"):
        form = page(browser, reverse("bank_transfer") + address)
        assert f'value="{made.payee_number}"' in form
        assert f'value="{made.payee_bank}" selected' in form
        assert made.payee_name in form


@pytest.mark.parametrize("gone", ["payee", "their account", "own account"])
def test_who_is_gone_and_what_is_closed_is_said(two: make.Pair, browser: Client, now: datetime, gone: str) -> None:
    sent = paid(two, 12_50, now)
    kept = templates.keep(customer=two.payer, of=sent, name="Rent", now=now)
    if gone == "payee":
        payees.remove(customer=two.payer, payee_id=two.payee.public_id, now=now)
        said = "is not on your list of payees"
    elif gone == "their account":
        two.destination.status = "closed"
        two.destination.save()
        said = "is closed. Ask them for another one"
    else:
        other = make.account(two.payer, now=now)
        two.source.status = "closed"
        two.source.save()
        said = "The account you paid from is closed"
    for address in (f"?again={sent}", f"?template={kept}"):
        form = page(browser, reverse("transfer") + address)
        assert said in form
        assert ("selected" in form) == (gone == "own account")
        assert 'value="12.50"' in form
    if gone == "own account":
        assert f'value="{other.public_id}" id="id_source" checked' in form


def test_anothers_transfer_or_template_fills_in_nothing(two: make.Pair, browser: Client, now: datetime) -> None:
    other = make.pair(now=now)
    sent = paid(other, 12_50, now)
    kept = factory.template(other, now=now)
    for address in (f"?again={sent}", f"?template={kept.public_id}", "?again=nonsense"):
        assert 'value="12.50"' not in page(browser, reverse("transfer") + address)
    with pytest.raises(NothingToKeep):
        templates.keep(customer=two.payer, of=sent, name="Theirs", now=now)


def test_the_receiver_of_money_cannot_send_it_again(two: make.Pair, client: Client, now: datetime) -> None:
    sent = paid(two, 12_50, now)
    receiver = identity.enter(client, two.receiver.user)  # type: ignore[arg-type]
    assert "?again=" not in page(receiver, reverse("receipt", args=[sent]))
    with pytest.raises(NothingToKeep):
        templates.keep(customer=two.receiver, of=sent, name="Theirs", now=now)


def test_a_template_is_kept_named_set_on_top_used_and_deleted(two: make.Pair, browser: Client, now: datetime) -> None:
    sent = paid(two, 12_50, now)
    add = reverse("template_new")
    assert f"{add}?of={sent}" in page(browser, reverse("receipt", args=[sent]))
    page(browser, f"{add}?of={sent}")
    assert browser.post(add, {"of": str(sent), "name": "Rent"})["Location"] == reverse("templates")
    assert browser.post(add, {"of": str(sent), "name": "Rent"}).status_code == 302, "a double click keeps one"
    browser.post(add, {"of": str(sent), "name": "Another"})
    rent = two.payer.transfer_templates.get(name="Rent")
    refused = browser.post(reverse("template", args=[rent.public_id]), {"name": "Another"})
    assert "You have a template of this name" in refused.content.decode()
    browser.post(reverse("template", args=[rent.public_id]), {"name": "Rent, flat 3", "favourite": "on"})
    listed = page(browser, reverse("templates"))
    assert listed.index("Rent, flat 3") < listed.index("Another"), "favourites first"
    assert f"{reverse('transfer')}?template={rent.public_id}" in listed
    browser.post(reverse("template_drop", args=[rent.public_id]))
    assert "Rent, flat 3" not in page(browser, reverse("templates"))
    assert Entry.objects.filter(kind=transfers.KIND).count() == 1


def test_a_template_skips_neither_check_nor_limit_nor_code(two: make.Pair, browser: Client, now: datetime) -> None:
    sent = paid(two, 600_00, now)
    kept = templates.keep(customer=two.payer, of=sent, name="Rent", now=now)
    form = page(browser, f"{reverse('transfer')}?template={kept}")
    key = form.split('name="key" value="')[1][:36]
    typed = {"key": key, "source": str(two.source.public_id), "to": f"payee:{two.payee.public_id}", "memo": ""}
    assert (
        "This is more than the account has"
        in browser.post(reverse("transfer"), {**typed, "amount": "600"}).content.decode()
    )
    check = browser.post(reverse("transfer"), {**typed, "amount": "100"})["Location"]
    assert browser.post(check, {}).status_code == 302
    assert Entry.objects.filter(kind=transfers.KIND).count() == 1, "no code, no money"


def test_there_are_only_so_many_templates_and_each_name_is_used_once(two: make.Pair, now: datetime) -> None:
    sent, other = paid(two, 12_50, now), paid(two, 1_00, now)
    add_figure("template.most", "1", type="int", unit="templates", now=now)
    templates.keep(customer=two.payer, of=sent, name="Rent", now=now)
    with pytest.raises(NameTaken):
        templates.keep(customer=two.payer, of=other, name="Rent", now=now)
    with pytest.raises(TooManyTemplates):
        templates.keep(customer=two.payer, of=other, name="Other", now=now)
    assert two.payer.transfer_templates.count() == 1


def test_the_list_asks_as_many_questions_for_three_as_for_one(
    two: make.Pair, browser: Client, now: datetime, django_assert_max_num_queries
) -> None:
    factory.template(two, name="One", now=now)
    page(browser, reverse("templates"))
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    with CaptureQueriesContext(connection) as one:
        page(browser, reverse("templates"))
    for name in ("Two", "Three"):
        factory.template(two, name=name, now=now)
    with django_assert_max_num_queries(len(one)):
        page(browser, reverse("templates"))
