"""Addresses of this room."""

from django.urls import path

from payments.views import large_sums, payees, receipts, transfers

urlpatterns = [
    path("transfer/", transfers.fill_in, name="transfer"),
    path("transfer/<uuid:transfer_id>/", transfers.check, name="transfer_check"),
    path("transfer/<uuid:transfer_id>/sum/", large_sums.large_sum, name="transfer_sum"),
    path("receipts/<uuid:transfer_id>/", receipts.receipt, name="receipt"),
    path("receipts/<uuid:transfer_id>/pdf/", receipts.pdf, name="receipt_pdf"),
    path("verify/", receipts.verify, name="verify"),
    path("verify/<str:code>/", receipts.verify_receipt, name="verify_receipt"),
    path("payees/", payees.overview, name="payees"),
    path("payees/add/", payees.add, name="payee_add"),
    path("payees/<uuid:payee_id>/", payees.edit, name="payee"),
    path("payees/<uuid:payee_id>/check/", payees.check, name="payee_check"),
    path("payees/<uuid:payee_id>/remove/", payees.remove, name="payee_remove"),
]
