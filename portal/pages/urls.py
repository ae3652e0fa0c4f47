"""Addresses of the pages the roof itself composes."""

from django.urls import path

from portal.pages import operations, views

urlpatterns = [
    path("", views.home, name="home"),
    path("me/", views.me, name="me"),
    path("staff/operations/", operations.operations, name="operations"),
]
