"""The frame is drawn once for each kind of page, and still each reader finds their own in it."""

import re

import pytest
from django.utils.safestring import SafeString

from accounts.inbox import send
from core.ui import frame
from tests.factories import access as people
from tests.pages.test_home import enter

TOKEN = re.compile(r'name="csrfmiddlewaretoken" value="(\w{64})"')


@pytest.mark.django_db
def test_two_readers_have_each_their_own_name_and_token():
    first, second = (people.customer(f"{name}@example.com").user for name in ("lin", "wang"))
    pages = [enter(user).get("/me/").content.decode() for user in (first, second, first)]
    assert [len(set(TOKEN.findall(page))) for page in pages] == [1, 1, 1]
    assert len({TOKEN.findall(page)[0] for page in pages}) == 3
    for page, mine, other in zip(pages, (first, second, first), (second, first, second), strict=True):
        assert mine.email in page
        assert other.email not in page


@pytest.mark.django_db
def test_choosing_colours_leads_back_to_the_page_whatever_its_address_says():
    client = enter(people.customer().user)
    page = client.get('/me/?a="><script>&b=\x02email\x03').content.decode()
    assert "<script>&" not in page
    backs = set(re.findall(r'name="next" value="([^"]*)"', page))
    assert backs == {"/me/?a=%22%3E%3Cscript%3E&amp;b=%02email%03"}


@pytest.mark.django_db
def test_the_bell_counts_for_each_reader(now):
    told, quiet = (people.customer(f"{name}@example.com").user for name in ("lin", "wang"))
    for number in range(3):
        send(user=told, event="test.told", key=str(number), text=lambda: ("Title", "Body"), now=now)
    assert '<span class="count" aria-hidden="true">3</span>' in enter(told).get("/me/").content.decode()
    assert 'class="count"' not in enter(quiet).get("/me/").content.decode()


def test_what_is_filled_in_is_escaped_and_stays_where_it_belongs():
    blanks = {"csrf_token": "t" * 64, "here": '"><b>', "email": "\x02here\x03"}
    facts = {"language": "en", "html_lang": "en", "brand_name": "Bank", "theme": "", "signed_in": True}
    drawn = frame.part("ui/bar.html", facts={**facts, "unread_count": 0}, blanks=blanks)
    assert isinstance(drawn, SafeString)
    assert 'value="&quot;&gt;&lt;b&gt;"' in drawn
    assert '<p class="menu-title">\x02here\x03</p>' in drawn
    again = frame.part("ui/bar.html", facts={**facts, "unread_count": 0}, blanks={**blanks, "here": "/"})
    assert again == drawn.replace("&quot;&gt;&lt;b&gt;", "/")
