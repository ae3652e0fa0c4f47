"""Addresses of this room."""

from django.urls import path

from payments.exchange.views import journey

urlpatterns = [
    path("", journey.fill_in, name="exchange"),
    path("check/<uuid:exchange_id>/", journey.check, name="exchange_check"),
    path("<uuid:exchange_id>/", journey.receipt, name="exchange_receipt"),
]
