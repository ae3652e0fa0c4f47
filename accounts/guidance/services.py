"""Writing, sending for publication, publishing. Whoever writes does not publish."""

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext as _

from accounts import inbox
from accounts.guidance import texts as words
from accounts.guidance.models import Article, Edition
from accounts.models import User
from accounts.roles import Role
from core import audit, outbox, policy
from core.reviews import services as reviews
from core.reviews.rules import Rule
from ledger.calendar import business_date

SUBJECT = "article"
DECIDERS = (Role.APPROVER.value, Role.MANAGER.value)


class Refused(Exception):
    """Nothing was changed."""


class WaitsForSecond(Refused):
    """The article's next edition is with a second person; it must be taken back first."""


class NothingToSend(Refused):
    """There is no draft."""


class NothingNew(Refused):
    """The draft says what is published already."""


def write(*, article: Article, texts: words.Texts, user: User, now: datetime) -> Edition:
    """This function will keep the words as the article's draft; whoever writes last is its writer.

    Starts a transaction and locks the article. Raises WaitsForSecond.
    """
    with transaction.atomic():
        Article.objects.select_for_update().get(pk=article.pk)
        newest = article.editions.order_by("-number").first()
        if newest is not None and newest.state == Edition.State.IN_REVIEW:
            raise WaitsForSecond
        if newest is not None and newest.state == Edition.State.DRAFT:
            before = newest.texts
            newest.texts, newest.written_by, newest.written_at = texts, user, now
            newest.save(update_fields=["texts", "written_by", "written_at"])
            draft = newest
        else:
            before = newest.texts if newest is not None else None
            draft = Edition.objects.create(
                article=article, number=newest.number + 1 if newest else 1, texts=texts, written_by=user, written_at=now
            )
        audit.record(act="guidance.written", subject=draft, actor=user, before=before, after=texts, now=now)
    return draft


def send(*, article: Article, user: User, now: datetime) -> Edition:
    """This function will put the draft on the review desk, where somebody else publishes it or says why not.

    Starts a transaction and locks the article. A repeat changes nothing. Raises NothingToSend, NothingNew.
    """
    with transaction.atomic():
        Article.objects.select_for_update().get(pk=article.pk)
        newest = article.editions.order_by("-number").first()
        if newest is not None and newest.state == Edition.State.IN_REVIEW:
            return newest
        if newest is None or newest.state != Edition.State.DRAFT:
            raise NothingToSend
        public = article.editions.filter(state=Edition.State.PUBLISHED).first()
        if public is not None and public.texts == newest.texts:
            raise NothingNew
        newest.state = Edition.State.IN_REVIEW
        newest.save(update_fields=["state"])
        today = business_date(now)
        reviews.open_case(
            subject=SUBJECT,
            subject_id=str(newest.public_id),
            title=newest.texts["zh-hans"]["title"][:160],
            opened_by=newest.written_by,
            rule=Rule(
                steps=(DECIDERS,),
                hours=int(policy.value("guidance.review_due_hours", on=today)),
                claim_minutes=int(policy.value("guidance.claim_minutes", on=today)),
            ),
            now=now,
        )
        audit.record(act="guidance.sent", subject=newest, actor=user, after={"edition": newest.number}, now=now)
    return newest


def take_back(*, article: Article, user: User, now: datetime) -> Edition:
    """This function will take what waits for a second person off the desk and go on with it as a draft.

    Starts a transaction and locks the article. Raises NothingToSend when nothing waits.
    """
    with transaction.atomic():
        Article.objects.select_for_update().get(pk=article.pk)
        waiting = article.editions.filter(state=Edition.State.IN_REVIEW).first()
        if waiting is None:
            raise NothingToSend
        reviews.withdraw(subject=SUBJECT, subject_id=str(waiting.public_id), actor=user, now=now)
        waiting.state = Edition.State.WITHDRAWN
        waiting.save(update_fields=["state"])
        audit.record(act="guidance.taken_back", subject=waiting, actor=user, now=now)
        return Edition.objects.create(
            article=article, number=waiting.number + 1, texts=waiting.texts, written_by=user, written_at=now
        )


def settle(fact: outbox.Fact) -> None:
    """This handler will publish what a second person approved, or keep it back, once, and tell its writer."""
    if fact.payload["subject"] != SUBJECT:
        return
    with transaction.atomic():
        edition = (
            Edition.objects.select_for_update(of=("self",))
            .select_related("article")
            .get(public_id=fact.payload["subject_id"])
        )
        if edition.state != Edition.State.IN_REVIEW:
            return
        approved = fact.payload["verdict"] == "approve"
        if approved:
            edition.article.editions.filter(state=Edition.State.PUBLISHED).update(state=Edition.State.REPLACED)
        edition.state = Edition.State.PUBLISHED if approved else Edition.State.DECLINED
        edition.published_at = fact.created_at if approved else None
        edition.save(update_fields=["state", "published_at"])
        act = "guidance.published" if approved else "guidance.declined"
        audit.record(
            act=act, subject=edition, actor=f"case {fact.payload['case']}", after={"edition": edition.number},
            now=fact.created_at,
        )  # fmt: skip
        writer = edition.written_by
        if writer is not None:
            title = edition.texts["zh-hans"]["title"]
            inbox.send(
                user=writer,
                event=act,
                key=f"{act}:{edition.public_id}",
                text=lambda: _told(approved=approved, title=title),
                link=f"/admin/guidance/article/{edition.article_id}/change/",
                now=fact.created_at,
            )


def _told(*, approved: bool, title: str) -> tuple[str, str]:
    if approved:
        return _("Your article is published"), _("“%(title)s” can be read in the help centre now.") % {"title": title}
    return (
        _("Your article was not published"),
        _("“%(title)s” stays as it was. The reasons stand with the case; change the draft and send it again.")
        % {"title": title},
    )


def load(shipped: tuple[words.Shipped, ...], *, now: datetime) -> tuple[int, int]:
    """This function will bring the articles that came with the portal in; answers how many are new, how many changed.

    What staff have written stays: an article with an edition of theirs is left as it is.
    """
    new = changed = 0
    with transaction.atomic():
        for one in shipped:
            article, created = Article.objects.update_or_create(
                slug=one.slug,
                defaults={
                    "topic": one.topic, "start": one.start, "shown_at": list(one.shown_at), "order": one.order,
                },
                create_defaults={
                    "topic": one.topic, "start": one.start, "shown_at": list(one.shown_at), "order": one.order,
                    "created_at": now,
                },
            )  # fmt: skip
            editions = list(article.editions.order_by("number"))
            if any(edition.written_by_id is not None for edition in editions):
                continue
            if editions and editions[-1].texts == one.texts:
                continue
            article.editions.filter(state=Edition.State.PUBLISHED).update(state=Edition.State.REPLACED)
            Edition.objects.create(
                article=article,
                number=len(editions) + 1,
                texts=one.texts,
                state=Edition.State.PUBLISHED,
                written_at=now,
                published_at=now,
            )
            new, changed = new + int(created), changed + int(not created)
    return new, changed
