"""The way in for a new colleague."""

from django.urls import path

from accounts.staff import views

urlpatterns = [
    path("welcome/", views.welcome, name="staff_join"),
    path("welcome/<str:token>/", views.follow, name="staff_welcome"),
]
