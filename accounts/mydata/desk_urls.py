"""Where staff say why, take emergency access, and take files out."""

from django.urls import path

from accounts.mydata import views

urlpatterns = [
    path("covered/<uuid:public_id>/", views.reason, name="staff_reason"),
    path("emergency/", views.emergency_page, name="staff_emergency"),
    path("emergency/end/", views.emergency_end, name="staff_emergency_end"),
    path("files/", views.takeout_page, name="staff_takeouts"),
    path("files/<uuid:public_id>/", views.takeout_file, name="staff_takeout"),
]
