"""The page that says that an access is locked, wherever it was locked from."""

from django.contrib.auth.models import AnonymousUser
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render


def locked(request: HttpRequest) -> HttpResponse:
    """This function will say that the access is locked, as to somebody who is not signed in: this session ended too."""
    if request.user.is_authenticated:
        request.session.flush()
        request.user = AnonymousUser()
    return render(request, "freezing/locked.html")
