"""The help centre: found, read, written by one person and published by another."""

import pytest
from django.core.management import call_command
from django.db import InternalError, ProgrammingError, transaction
from django.test import Client
from django.urls import reverse

from accounts.guidance import queries, search, services, texts
from accounts.guidance.models import Article, Edition
from accounts.roles import Role
from core.audit.models import Row
from core.outbox import relay
from core.reviews import errors
from core.reviews.models import Case
from portal import places as portal_places
from tests.factories import identity as desk

pytestmark = pytest.mark.django_db


@pytest.fixture
def shelf(db):
    call_command("load_guidance")


@pytest.fixture
def writer(db):
    return desk.make_staff("writer@example.com", Role.SERVICE_AGENT)


@pytest.fixture
def approver(db):
    return desk.make_staff("second@example.com", Role.APPROVER)


def article(slug="send-money"):
    return Article.objects.get(slug=slug)


def changed(edition, **english):
    return {**edition.texts, "en": {**edition.texts["en"], **english}}


def publish(case, user, now, verdict="approve"):
    how = {} if verdict == "approve" else {"reasons": ["not_true"], "note": "The button is named otherwise."}
    desk.decide_now(case, user, verdict, now=now, **how)
    relay.drain(now=now)


# ── what came with the portal ─────────────────────────────────────────────────


@pytest.mark.parametrize("shipped", queries.shipped(), ids=lambda one: one.slug)
def test_a_shipped_article_says_everything_in_both_languages_and_leads_somewhere(shipped):
    for words in shipped.texts.values():
        assert all(words[part] for part in ("title", "summary", "cost", "time", "steps"))
    assert any("\u4e00" <= letter <= "\u9fff" for letter in shipped.texts["zh-hans"]["title"])
    chinese, english = (len(texts.lines(shipped.texts[code]["steps"])) for code in ("zh-hans", "en"))
    assert chinese == english, "both languages take the same steps"
    places = {address.route for address in portal_places.addresses()}
    assert {place for place in (shipped.start, *shipped.shown_at) if place} <= places


def test_loading_twice_changes_nothing_and_a_new_text_makes_an_edition(shelf, now):
    before = list(Edition.objects.values_list("article", "number", "state"))
    assert services.load(queries.shipped(), now=now) == (0, 0)
    assert list(Edition.objects.values_list("article", "number", "state")) == before
    first = queries.shipped()[0]
    newer = texts.Shipped(
        first.slug, first.topic, first.start, first.shown_at, first.order,
        {**first.texts, "en": {**first.texts["en"], "summary": "Said anew."}},
    )  # fmt: skip
    assert services.load((newer,), now=now) == (0, 1)
    states = article(first.slug).editions.order_by("number").values_list("state", flat=True)
    assert list(states) == ["replaced", "published"]


def test_loading_leaves_what_staff_have_written(shelf, writer, now):
    services.write(
        article=article(), texts=changed(article().editions.get(), time="Two minutes."), user=writer, now=now
    )
    assert services.load(queries.shipped(), now=now) == (0, 0)
    assert article().editions.get(state="draft").texts["en"]["time"] == "Two minutes."


# ── reading ───────────────────────────────────────────────────────────────────


def test_everybody_reads_the_help_and_the_page_costs_the_same_for_any_number_of_articles(
    client, shelf, django_assert_max_num_queries
):
    client.get(reverse("help"))
    with django_assert_max_num_queries(1):
        page = client.get(reverse("help")).content.decode()
    for edition in Edition.objects.filter(state="published"):
        assert edition.texts["en"]["title"] in page


def test_an_article_shows_needs_cost_time_steps_and_its_button(client, shelf):
    page = client.get(reverse("help_article", args=["send-money"])).content.decode()
    for text in ("What you need", "What it costs", "How long it takes", "Step by step", "Start now"):
        assert text in page
    assert f'href="{reverse("transfer")}"' in page
    assert client.get(reverse("help_article", args=["no-such-thing"])).status_code == 404


def test_a_form_shows_the_way_to_its_article(client, shelf):
    page = client.get(reverse("account_signup")).content.decode()
    assert f'href="{reverse("help_article", args=["open-account"])}"' in page


@pytest.mark.parametrize(
    ("asked", "slug"),
    [
        ("send money", "send-money"), ("transfr", "send-money"), ("转账怎么转", "send-money"), ("转 账", "send-money"),
        ("how do I add a payee", "add-payee"), ("收款人", "add-payee"), ("忘了密码", "change-password"),
        ("PASSWORD", "change-password"), ("passwrd forgotten", "change-password"), ("回单真假", "check-receipt"),
        ("authenticator", "second-step"), ("实名", "verify-identity"),
    ],
)  # fmt: skip
def test_people_find_the_article_as_they_type(shelf, asked, slug):
    assert slug in [one.article.slug for one in queries.finding(asked, queries.published())][:2]


@pytest.mark.parametrize("asked", ["", "   ", "the", "qwxyzj", "饕餮", "%%%", "' OR 1=1 --", "\u202e", "a" * 5000])
def test_what_no_article_answers_finds_none(client, shelf, asked):
    assert client.get(reverse("help"), {"q": asked}).status_code == 200
    assert queries.finding(asked, queries.published()) == []


def test_a_search_term_is_shown_as_text(client, shelf):
    page = client.get(reverse("help"), {"q": "<img src=x onerror=alert(1)>"}).content.decode()
    assert "<img src=x" not in page


def test_han_is_searched_by_pairs_and_small_words_are_left_out():
    assert search.terms("How do I 转账到别人") == ["转账", "账到", "到别", "别人"]


# ── writing and publishing ────────────────────────────────────────────────────


def test_a_draft_is_published_by_another_person_only(shelf, writer, approver, now):
    old = article().editions.get()
    services.write(article=article(), texts=changed(old, title="Pay somebody"), user=writer, now=now)
    assert queries.edition_of("send-money") == old, "customers go on seeing what is published"
    services.send(article=article(), user=writer, now=now)
    services.send(article=article(), user=writer, now=now)
    case = Case.objects.get(subject="article")
    writer.groups.add(*approver.groups.all())
    with pytest.raises(errors.OwnCase):
        desk.decide_now(case, writer, now=now)
    publish(case, approver, now)
    relay.drain(now=now)
    public = queries.edition_of("send-money")
    assert (public.number, public.texts["en"]["title"]) == (2, "Pay somebody")
    old.refresh_from_db()
    assert old.state == "replaced"
    assert writer.notices.filter(event="guidance.published").count() == 1
    assert {"guidance.written", "guidance.sent", "guidance.published"} <= set(Row.objects.values_list("act", flat=True))


def test_a_declined_edition_stays_unpublished_and_is_written_on(shelf, writer, approver, now):
    old = article().editions.get()
    services.write(article=article(), texts=changed(old, title="Wrong"), user=writer, now=now)
    services.send(article=article(), user=writer, now=now)
    publish(Case.objects.get(subject="article"), approver, now, "decline")
    assert queries.edition_of("send-money") == old
    again = services.write(article=article(), texts=changed(old, title="Right"), user=writer, now=now)
    assert (again.number, again.state) == (3, "draft")


def test_what_waits_is_not_written_on_until_it_is_taken_back(shelf, writer, now):
    old = article().editions.get()
    services.write(article=article(), texts=changed(old, title="New"), user=writer, now=now)
    services.send(article=article(), user=writer, now=now)
    with pytest.raises(services.WaitsForSecond):
        services.write(article=article(), texts=changed(old, title="Newer"), user=writer, now=now)
    services.take_back(article=article(), user=writer, now=now)
    assert Case.objects.get(subject="article").state == "withdrawn"
    services.write(article=article(), texts=changed(old, title="Newer"), user=writer, now=now)
    assert article().editions.get(state="draft").texts["en"]["title"] == "Newer"


def test_nothing_new_is_not_sent(shelf, writer, now):
    with pytest.raises(services.NothingToSend):
        services.send(article=article(), user=writer, now=now)
    services.write(article=article(), texts=article().editions.get().texts, user=writer, now=now)
    with pytest.raises(services.NothingNew):
        services.send(article=article(), user=writer, now=now)


def test_the_database_keeps_the_words_of_what_was_published(shelf):
    for change in ({"texts": {}}, {"number": 9}):
        with pytest.raises((InternalError, ProgrammingError)), transaction.atomic():
            article().editions.update(**change)
    with pytest.raises((InternalError, ProgrammingError)), transaction.atomic():
        article().editions.get().delete()


def test_the_page_of_the_writer_keeps_sends_and_shows_what_customers_would_see(shelf, writer):
    client = desk.enter(Client(headers={"accept-language": "en"}), writer)
    number = article().pk
    url = reverse("admin:guidance_article_change", args=[number])
    fields = {
        f"{part}_{short}": article().editions.get().texts[code][part]
        for code, short in texts.LANGUAGES.items() for part in texts.PARTS
    }  # fmt: skip
    assert client.get(reverse("admin:guidance_article_changelist")).status_code == 200
    assert client.post(url, {**fields, "title_en": ""}).status_code == 422
    assert client.post(url, {**fields, "title_en": "{{ settings.SECRET_KEY }} <b>"}).status_code == 302
    preview = client.get(reverse("admin:guidance_preview", args=[number])).content.decode()
    assert "{{ settings.SECRET_KEY }} &lt;b&gt;" in preview, "an article is text, not a template (ASVS 1.3.7)"
    assert client.post(reverse("admin:guidance_send", args=[number])).status_code == 302
    assert client.post(url, fields).status_code == 422
    assert client.post(reverse("admin:guidance_take_back", args=[number])).status_code == 302
    assert article().editions.filter(state="draft").count() == 1


def test_who_may_not_write_is_refused(shelf, approver):
    client = desk.enter(Client(), approver)
    url = reverse("admin:guidance_article_change", args=[article().pk])
    assert client.get(url).status_code == 200
    assert client.post(url, {}).status_code == 403
    assert client.post(reverse("admin:guidance_send", args=[article().pk])).status_code == 403
    assert article().editions.count() == 1
