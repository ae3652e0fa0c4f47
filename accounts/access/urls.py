"""Addresses of the person's own pages."""

from django.urls import path

from accounts.access.views import contacts, entrance, own
from accounts.contacts import Kind

urlpatterns = [
    path("security/", own.security, name="security"),
    path("security/sessions/", own.open_sessions, name="usersessions_list"),
    path("security/devices/<uuid:public_id>/", own.device, name="device"),
    path("security/email/", contacts.change, {"kind": Kind.EMAIL}, name="change_email"),
    path("security/phone/", contacts.change, {"kind": Kind.PHONE}, name="change_phone"),
    path("security/contact/confirm/", contacts.confirm, name="confirm_contact_change"),
    path("security/session/", own.session_left, name="session_left"),
    path("security/stay/", own.stay, name="stay_signed_in"),
    path("security/typed/", own.typed, name="kept_form"),
    path("security/keep/", own.keep_typed, name="keep_typed"),
    path("security/timed-out/", entrance.timed_out, name="timed_out"),
]
