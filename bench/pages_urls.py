"""The portal's addresses and a view that does nothing, behind the portal's middleware. For bench/pages."""

from django.http import HttpRequest, HttpResponse
from django.urls import path

from portal import urls

handler400, handler429, handler500 = urls.handler400, urls.handler429, urls.handler500


def bare(_request: HttpRequest) -> HttpResponse:
    return HttpResponse("bare")


urlpatterns = [path("bench/bare/", bare), *urls.urlpatterns]
