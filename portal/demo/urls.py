"""Addresses of the demo bank's people and text messages; on any other bank they do not exist."""

from django.urls import path

from portal.demo import views

urlpatterns = [
    path("demo/", views.demo_people, name="demo"),
    path("demo/texts/", views.demo_texts, name="demo_texts"),
]
