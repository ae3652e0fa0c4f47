"""Addresses of this room."""

from django.urls import path

from payments.views import freedoms, held, large_sums, movements, own_limits, payees, receipts, transfers

urlpatterns = [
    path("transfer/", transfers.fill_in, name="transfer"),
    path("transfer/<uuid:transfer_id>/", transfers.check, name="transfer_check"),
    path("transfer/<uuid:transfer_id>/sum/", large_sums.large_sum, name="transfer_sum"),
    path("transfer/<uuid:transfer_id>/held/", held.confirm, name="transfer_held_confirm"),
    path("transfer/<uuid:transfer_id>/held/stop/", held.stop, name="transfer_held_stop"),
    path("transfer/<uuid:transfer_id>/held/lock/", held.lock, name="transfer_held_lock"),
    path("transfer/limits/", own_limits.overview, name="payment_limits"),
    path("transfer/limits/change/", own_limits.change, name="payment_limit"),
    path("transfer/limits/raise/", own_limits.ask_higher, name="payment_limit_raise"),
    path("transfer/limits/<uuid:limit_id>/stop/", own_limits.stop, name="payment_limit_stop"),
    path("transfer/without-code/", freedoms.overview, name="payment_freedoms"),
    path("transfer/without-code/switch/", freedoms.switch, name="payment_freedom_switch"),
    path("transfer/without-code/allow/", freedoms.allow, name="payment_freedom_allow"),
    path("receipts/<uuid:transfer_id>/", receipts.receipt, name="receipt"),
    path("receipts/<uuid:transfer_id>/pdf/", receipts.pdf, name="receipt_pdf"),
    path("receipts/<uuid:account_id>/<int:number>/", movements.movement, name="movement"),
    path("receipts/<uuid:account_id>/<int:number>/issue/", movements.issue, name="movement_issue"),
    path("receipts/<uuid:account_id>/<int:number>/pdf/", movements.pdf, name="movement_pdf"),
    path("verify/", receipts.verify, name="verify"),
    path("verify/<str:code>/", receipts.verify_receipt, name="verify_receipt"),
    path("payees/", payees.overview, name="payees"),
    path("payees/add/", payees.add, name="payee_add"),
    path("payees/<uuid:payee_id>/", payees.edit, name="payee"),
    path("payees/<uuid:payee_id>/check/", payees.check, name="payee_check"),
    path("payees/<uuid:payee_id>/trust/", freedoms.trust, name="payee_trust"),
    path("payees/<uuid:payee_id>/distrust/", freedoms.distrust, name="payee_distrust"),
    path("payees/<uuid:payee_id>/remove/", payees.remove, name="payee_remove"),
]
