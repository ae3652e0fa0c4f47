"""Addresses about one's own data."""

from django.urls import path

from accounts.mydata import views

urlpatterns = [
    path("", views.overview, name="mydata"),
    path("looked/", views.looked, name="mydata_looked"),
    path("copies/", views.copies, name="mydata_copies"),
    path("copies/<uuid:public_id>/", views.copy, name="mydata_copy"),
    path("copies/<uuid:public_id>/state/", views.copy_state, name="mydata_copy_state"),
    path("copies/<uuid:public_id>/<slug:kind>/", views.copy_file, name="mydata_copy_file"),
    path("automated/", views.automated_page, name="mydata_automated"),
    path("automated/<slug:decision>/", views.person, name="mydata_person"),
    path("consents/", views.consents_page, name="mydata_consents"),
    path("consents/<slug:purpose>/", views.consent, name="mydata_consent"),
    path("corrections/", views.corrections, name="mydata_corrections"),
    path("corrections/account/<uuid:public_id>/", views.nickname, name="mydata_nickname"),
    path("corrections/<uuid:public_id>/take-back/", views.take_back, name="mydata_correction_take_back"),
    path("corrections/<slug:what>/", views.correct, name="mydata_correct"),
    path("closing/", views.closing_page, name="mydata_closing"),
    path("closing/take-back/", views.closing_take_back, name="mydata_closing_take_back"),
    path("closing/certificate/", views.certificate, name="mydata_certificate"),
]
