"""Addresses of this room."""

from django.urls import path

from payments.recalls.views import answering, asking, disputing

urlpatterns = [
    path("recalls/", asking.overview, name="recalls"),
    path("recalls/transfer/<uuid:transfer_id>/", asking.transfer, name="recall_transfer"),
    path("recalls/payment/<uuid:payment_id>/", asking.payment, name="recall_payment"),
    path("recalls/abroad/<uuid:payment_id>/", asking.abroad, name="recall_abroad"),
    path("recalls/<uuid:recall_id>/", asking.recall, name="recall"),
    path("recalls/asked/<uuid:recall_id>/", answering.asked, name="recall_asked"),
    path("recalls/asked/<uuid:recall_id>/refuse/", answering.refuse, name="recall_refuse"),
    path("disputes/<uuid:account_id>/<int:number>/", disputing.fill_in, name="dispute_new"),
    path("disputes/<uuid:dispute_id>/", disputing.dispute, name="dispute"),
    path("disputes/<uuid:dispute_id>/withdraw/", disputing.withdraw, name="dispute_withdraw"),
]
