"""Addresses of this room."""

from django.urls import path

from accounts.statements import views

urlpatterns = [
    path("", views.accounts_overview, name="accounts_overview"),
    path("<uuid:public_id>/", views.statement, name="statement"),
    path("<uuid:public_id>/statement.csv", views.statement_csv, name="statement_csv"),
]
