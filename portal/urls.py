"""Every address of the portal, named once."""

from django.contrib import admin
from django.urls import include, path

urlpatterns = [
    path("", include("portal.pages.urls")),
    path("auth/", include("accounts.access.auth_urls")),
    path("", include("portal.demo.urls")),
    path("", include("core.ui.urls")),
    path("", include("accounts.access.urls")),
    path("", include("accounts.recovery.urls")),
    path("", include("accounts.freezing.urls")),
    path("identity/", include("accounts.identity.urls")),
    path("messages/", include("accounts.inbox.urls")),
    path("me/preferences/", include("accounts.preferences.urls")),
    path("me/data/", include("accounts.mydata.urls")),
    path("accounts/", include("accounts.opening.urls")),
    path("accounts/", include("accounts.statements.urls")),
    path("accounts/", include("products.deposits.urls")),
    path("", include("payments.clearing.urls")),
    path("", include("payments.crossborder.urls")),
    path("", include("payments.recalls.urls")),
    path("", include("payments.urls")),
    path("scheduled/", include("payments.schedules.urls")),
    path("exchange/", include("payments.exchange.urls")),
    path("", include("payments.requests.urls")),
    path("help/", include("accounts.guidance.urls")),
    path("managers/", include("analytics.urls")),
    path("staff/", include("accounts.staff.urls")),
    path("staff/covered/", include("accounts.mydata.staff_urls")),
    path("staff/sessions/", include("accounts.access.staff_urls")),
    path("staff/records/", include("accounts.mydata.desk_urls")),
    path("admin/", admin.site.urls),
]

# allauth looks this name up when somebody asks too often.
handler429 = "accounts.access.views.entrance.too_many_requests"
handler400 = "portal.pages.errors.bad_request"
handler500 = "portal.pages.errors.server_error"
