"""Addresses of the help centre."""

from django.urls import path

from accounts.guidance import views

urlpatterns = [
    path("", views.centre, name="help"),
    path("<slug:slug>/", views.article, name="help_article"),
]
