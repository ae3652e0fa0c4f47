"""Addresses of this room."""

from django.urls import path

from accounts.preferences import views

urlpatterns = [
    path("", views.preferences, name="preferences"),
    path("home/", views.home_page, name="preferences_home"),
    path("home/arrange/", views.arrange, name="preferences_arrange"),
    path("notices/", views.notices, name="preferences_notices"),
]
