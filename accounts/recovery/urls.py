"""Addresses of this room."""

from django.urls import path

from accounts.recovery import views

urlpatterns = [
    path("recover/", views.start, name="recover"),
    path("recover/begin/", views.begin, name="recover_begin"),
    path("recover/evidence/", views.evidence, name="recover_evidence"),
    path("recover/evidence/<slug:side>/", views.photo, name="recover_photo"),
    path("recover/check/", views.check, name="recover_check"),
    path("recover/status/", views.status, name="recover_status"),
    path("recover/withdraw/", views.withdraw, name="recover_withdraw"),
    path("recover/factor/", views.factor, name="recover_factor"),
    path("recover/done/", views.done, name="recover_done"),
    path("recover/stop/<str:token>/", views.stop, name="recover_stop"),
    path("security/recovery/", views.own, name="recovery_own"),
]
