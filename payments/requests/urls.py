"""Addresses of this room."""

from django.urls import path

from payments.requests.views import asking, link, templates

urlpatterns = [
    path("requests/", asking.overview, name="requests"),
    path("requests/new/", asking.fill_in, name="request_new"),
    path("requests/received/<uuid:request_id>/", asking.received, name="request_received"),
    path("requests/received/<uuid:request_id>/decline/", asking.decline, name="request_decline"),
    path("requests/refused/<uuid:refused_id>/allow/", asking.allow_again, name="request_allow"),
    path("requests/<uuid:request_id>/", asking.one, name="request"),
    path("requests/<uuid:request_id>/cancel/", asking.cancel, name="request_cancel"),
    path("requests/<uuid:request_id>/remind/", asking.remind, name="request_remind"),
    path("ask/<str:token>/", link.look, name="request_link"),
    path("ask/<str:token>/pay/", link.pay, name="request_pay"),
    path("templates/", templates.overview, name="templates"),
    path("templates/new/", templates.keep, name="template_new"),
    path("templates/<uuid:template_id>/", templates.edit, name="template"),
    path("templates/<uuid:template_id>/delete/", templates.drop, name="template_drop"),
]
