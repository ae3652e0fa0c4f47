"""What the public reads, and what staff see of an article's making."""

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from django.conf import settings

from accounts.guidance import search, texts
from accounts.guidance.models import Article, Edition


@dataclass(frozen=True)
class Shelf:
    """A topic and its articles."""

    title: str
    editions: list[Edition]


def published() -> list[Edition]:
    """This function will list every published edition in the order of the help centre, in one query."""
    return list(
        Edition.objects.filter(state=Edition.State.PUBLISHED)
        .select_related("article")
        .order_by("article__order", "article__slug")
    )


def shelves(editions: list[Edition]) -> list[Shelf]:
    """This function will group editions by topic; a topic without articles is left out."""
    found = [
        Shelf(str(Article.Topic(topic).label), [one for one in editions if one.article.topic == topic])
        for topic in Article.Topic.values
    ]
    return [shelf for shelf in found if shelf.editions]


def finding(query: str, editions: list[Edition]) -> list[Edition]:
    """This function will give the editions that answer a query, best first, whatever language it is in."""
    scored = [(search.score(query, one.texts.values()), one) for one in editions]
    return [one for points, one in sorted(scored, key=lambda pair: -pair[0]) if points]


def edition_of(slug: str) -> Edition | None:
    """This function will give an article's published edition."""
    return Edition.objects.filter(article__slug=slug, state=Edition.State.PUBLISHED).select_related("article").first()


def in_the_making(article: Article) -> Edition | None:
    """This function will give the draft of an article, or what waits for a second person."""
    return article.editions.filter(state__in=[Edition.State.DRAFT, Edition.State.IN_REVIEW]).first()


@lru_cache(maxsize=1)
def shipped() -> tuple[texts.Shipped, ...]:
    """This function will read the articles that came with the portal. Raises texts.WrongArticle."""
    return tuple(texts.read(path) for path in sorted(Path(settings.GUIDANCE_DIR).glob("*.toml")))


@lru_cache(maxsize=1)
def help_by_place() -> dict[str, str]:
    """This function will say which article a form shows the way to: URL name -> slug. Costs no query."""
    return {place: article.slug for article in shipped() for place in article.shown_at}
