"""The help centre as everybody reads it."""

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import NoReverseMatch, reverse
from django.views.decorators.http import require_safe

from accounts.guidance import queries, search, texts
from accounts.guidance.models import Edition


@require_safe
def centre(request: HttpRequest) -> HttpResponse:
    """Show every article by topic, or those that answer what was typed."""
    asked = request.GET.get("q", "").strip()[: search.LONGEST_QUERY]
    editions = queries.published()
    found = queries.finding(asked, editions) if asked else None
    return render(
        request, "guidance/centre.html", {"asked": asked, "found": found, "shelves": queries.shelves(editions)}
    )


@require_safe
def article(request: HttpRequest, slug: str) -> HttpResponse:
    """Show one article; for a script, `?part=1` gives the piece that a form unfolds."""
    edition = queries.edition_of(slug)
    if edition is None:
        raise Http404
    template = "guidance/_article.html" if request.GET.get("part") else "guidance/article.html"
    answer = render(request, template, shown(edition))
    answer["Vary"] = "Accept-Language, Cookie"
    return answer


def shown(edition: Edition) -> dict[str, object]:
    """This function will give what the template of an article stands on."""
    words = edition.words
    return {
        "edition": edition,
        "words": words,
        "needs": texts.lines(words["needs"]),
        "steps": texts.lines(words["steps"]),
        "more": texts.lines(words["more"]),
        "start": _address(edition.article.start),
    }


def _address(place: str) -> str:
    try:
        return reverse(place) if place else ""
    except NoReverseMatch:  # the page is not part of this installation; the article is still worth reading
        return ""
