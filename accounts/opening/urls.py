"""Addresses of opening an account online."""

from django.urls import path

from accounts.opening import currency_views, views

urlpatterns = [
    path("open/", views.choose, name="account_open"),
    path("open/check/", views.check, name="account_open_check"),
    path("open/currency/", currency_views.check, name="account_open_currency"),
]
