"""Addresses of the pages the roof itself composes."""

from django.urls import path

from portal.pages import views

urlpatterns = [
    path("", views.home, name="home"),
    path("me/", views.me, name="me"),
]
