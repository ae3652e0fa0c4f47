"""The page behind "it wasn't me". It works signed out, and only its button changes anything."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from accounts.access import notme
from accounts.freezing import services
from accounts.freezing.pages import locked


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def not_me(request: HttpRequest, token: str) -> HttpResponse:
    """Show which sign-in it is about; lock the access when its owner says that it was not theirs."""
    now = timezone.now()
    try:
        said = notme.read(token, now=now)
    except notme.NoGood:
        return render(request, "freezing/no_good.html", status=404)
    if request.method != "POST":
        return render(request, "freezing/ask.html", {"said": said})
    try:
        services.freeze(said=said, now=now)
    except (services.Used, services.UnknownPerson):
        return render(request, "freezing/no_good.html", status=410)
    return locked(request)  # the session this came with, if any, has just ended with all the others
