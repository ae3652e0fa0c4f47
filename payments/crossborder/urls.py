"""Addresses of this room."""

from django.conf import settings
from django.urls import path

from payments.crossborder.views import following, journey, papers, payees

urlpatterns = [
    path("payments/abroad/", following.overview, name="payments_abroad"),
    path("payments/abroad/<uuid:payment_id>/", following.payment, name="payment_abroad"),
    path("payments/abroad/<uuid:payment_id>/take-back/", following.take_back, name="payment_abroad_take_back"),
    path("payments/abroad/documents/<uuid:paper_id>/<int:number>/", papers.page, name="abroad_page"),
    path("payments/abroad/payees/<uuid:payee_id>/", payees.edit, name="payee_abroad"),
    path("payments/abroad/payees/<uuid:payee_id>/remove/", payees.remove, name="payee_abroad_remove"),
]

if settings.CROSSBORDER_GATEWAY:  # without one nothing new is sent; what was sent can still be followed
    urlpatterns += [
        path("payments/abroad/payees/new/", payees.country, name="payee_abroad_country"),
        path("payments/abroad/payees/new/<str:where>/", payees.add, name="payee_abroad_add"),
        path("transfer/abroad/", journey.fill_in, name="transfer_abroad"),
        path("transfer/abroad/<uuid:payment_id>/", journey.check, name="transfer_abroad_check"),
        path("transfer/abroad/<uuid:payment_id>/renew/", journey.renew, name="transfer_abroad_renew"),
        path("transfer/abroad/<uuid:payment_id>/documents/", papers.documents, name="transfer_abroad_papers"),
        path(
            "transfer/abroad/<uuid:payment_id>/documents/<uuid:paper_id>/remove/",
            papers.remove,
            name="transfer_abroad_paper_remove",
        ),
    ]
