"""How a number or an address is read, kept and shown."""

import pytest
from django.db import IntegrityError, connection, transaction

from accounts import contacts
from accounts.contacts import Contact, Kind
from accounts.models import User
from tests.factories import access as make


@pytest.mark.parametrize(
    "typed",
    [
        "13800012345",
        "138 0001 2345",
        "138-0001-2345",
        "+8613800012345",
        "+86 138 0001 2345",
        "0086 138 0001 2345",
        "86 13800012345",
        "(+86)138.0001.2345",
        "１３８０００１２３４５",
        "＋８６　１３８－０００１－２３４５",
        "\t138\u00a00001\u20112345 ",
    ],
)
def test_a_mainland_number_is_one_number_however_it_is_written(typed):
    assert contacts.read(typed) == Contact(Kind.PHONE, "+8613800012345")


@pytest.mark.parametrize(
    ("typed", "value"),
    [("+44 7700 900123", "+447700900123"), ("00852 6123 4567", "+85261234567"), ("+1 (415) 555-0132", "+14155550132")],
)
def test_a_number_from_abroad_begins_with_its_country(typed, value):
    assert contacts.read(typed) == Contact(Kind.PHONE, value)
    assert contacts.read(typed).is_abroad


@pytest.mark.parametrize(
    "typed",
    ["1380001234", "138000123456", "12345678901", "+86 10 1234 5678", "+8612345678901", "7700900123", "+0123456789",
     "+123", "+1234567890123456", "138000١2345x", "1" * 200, "", "   ", "lin", "lin@",
     "@example.com", "a b@example.com"],
)  # fmt: skip
def test_what_is_neither_is_refused(typed):
    with pytest.raises(contacts.NotAContact):
        contacts.read(typed)


def test_an_address_is_read_without_regard_to_case_and_width():
    assert contacts.read("  Ｌｉｎ@Example.COM ").value == "lin@example.com"


def test_a_masked_contact_tells_its_owner_and_nobody_else():
    assert contacts.read("13800012345").masked == "138****2345"
    assert contacts.read("+447700900123").masked == "+44****23"
    assert contacts.read("lin.mei@example.com").masked == "l***i@example.com"
    assert contacts.read("13800012345").shown == "138 0001 2345"


@pytest.mark.django_db
def test_a_number_stands_nowhere_in_the_clear_and_is_found_all_the_same():
    user = make.person()
    make.phone(user)
    with connection.cursor() as cursor:
        cursor.execute("SELECT row_to_json(u)::text FROM accounts_user u WHERE id = %s", [user.pk])
        row = cursor.fetchone()[0]
    assert "13800012345" not in row
    assert b"13800012345".hex() not in row
    assert User.objects.get(phone_index=contacts.read("138 0001 2345").index) == user
    assert User.objects.get(pk=user.pk).phone.value == "+8613800012345"


@pytest.mark.django_db
def test_a_number_belongs_to_one_person_and_a_person_can_be_reached():
    make.phone(make.person())
    with pytest.raises(IntegrityError), transaction.atomic():
        make.phone(make.person("wang@example.com"))
    with pytest.raises(IntegrityError, match="user_can_be_reached"), transaction.atomic():
        User.objects.create_user(None, make.PASSWORD)


@pytest.mark.django_db
def test_somebody_without_an_address_is_named_by_their_masked_number():
    user = User.objects.create_user(None, make.PASSWORD, phone=contacts.phone("13800012345"))
    user.full_clean()
    assert (user.email, str(user)) == (None, "138****2345")
