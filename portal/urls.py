"""Every address of the portal, named once."""

from django.contrib import admin
from django.urls import include, path

urlpatterns = [
    path("", include("portal.pages.urls")),
    path("auth/", include("allauth.urls")),
    path("", include("core.ui.urls")),
    path("security/", include("accounts.access.urls")),
    path("identity/", include("accounts.identity.urls")),
    path("messages/", include("accounts.inbox.urls")),
    path("accounts/", include("accounts.statements.urls")),
    path("", include("payments.urls")),
    path("managers/", include("analytics.urls")),
    path("admin/", admin.site.urls),
]
