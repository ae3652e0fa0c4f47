"""The address in the notice about a new device."""

from django.urls import path

from accounts.freezing import views

urlpatterns = [path("security/not-me/<str:token>/", views.not_me, name="not_me")]
