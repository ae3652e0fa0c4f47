"""Addresses of this room."""

from django.urls import path

from core.ui import views

urlpatterns = [
    path("language/", views.language, name="language"),
    path("theme/", views.theme, name="theme"),
    path("simplified/", views.simplified, name="simplified"),
    path("styleguide/", views.style_guide, name="styleguide"),
]
