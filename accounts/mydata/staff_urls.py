"""Where staff read what is covered."""

from django.urls import path

from accounts.mydata import views

urlpatterns = [path("<uuid:public_id>/", views.reveal, name="mydata_reveal")]
