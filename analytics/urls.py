"""Addresses of this room."""

from django.urls import path

from analytics import views

urlpatterns = [
    path("", views.managers, name="managers"),
    path("movements.csv", views.managers_csv, name="managers-csv"),
]
