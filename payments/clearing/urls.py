"""Addresses of this room."""

from django.conf import settings
from django.urls import path

from payments.clearing.views import following, journey

urlpatterns = [
    path("payments/", following.overview, name="bank_payments"),
    path("payments/<uuid:payment_id>/", following.payment, name="bank_payment"),
    path("payments/<uuid:payment_id>/take-back/", following.take_back, name="bank_payment_take_back"),
    path("payments/payees/<uuid:payee_id>/", following.payee, name="other_payee"),
    path("payments/payees/<uuid:payee_id>/remove/", following.remove_payee, name="other_payee_remove"),
]

if settings.CLEARING_GATEWAY:  # without one nothing new is sent; what was sent can still be followed
    urlpatterns += [
        path("transfer/bank/", journey.fill_in, name="bank_transfer"),
        path("transfer/bank/<uuid:payment_id>/", journey.check, name="bank_transfer_check"),
    ]
