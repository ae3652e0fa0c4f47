"""Addresses of this room."""

from django.urls import path

from accounts.inbox import views

urlpatterns = [
    path("", views.messages_page, name="inbox"),
    path("read/", views.read_all, name="inbox-read-all"),
    path("<uuid:public_id>/open/", views.open_message, name="inbox-open"),
]
