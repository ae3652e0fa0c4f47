"""Addresses of this room."""

from django.urls import path

from products.deposits import views

urlpatterns = [
    path("<uuid:public_id>/interest/", views.interest, name="account_interest"),
    path("<uuid:public_id>/interest/now/", views.pay_out, name="account_interest_now"),
]
