"""Addresses of real-name verification."""

from django.urls import path, register_converter

from accounts.identity import answering, renewing, views
from accounts.identity.models import Document


class SideConverter:
    """Matches the three sides of an application's photos and nothing else."""

    regex = "|".join(Document.Side.values)

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value


register_converter(SideConverter, "identity_side")

urlpatterns = [
    path("", views.start, name="identity"),
    path("document/", views.document, name="identity_document"),
    path("details/", views.details, name="identity_details"),
    path("photos/", views.photo_page, name="identity_photos"),
    path("photos/<identity_side:side>/", views.photo, name="identity_photo"),
    path("check/", views.check, name="identity_check"),
    path("status/", views.status, name="identity_status"),
    path("renewal/", renewing.start, name="identity_renewal"),
    path("renewal/details/", renewing.details, name="identity_renewal_details"),
    path("answer/", answering.answer, name="identity_answer"),
    path("take-back/", views.take_back, name="identity_take_back"),
]
