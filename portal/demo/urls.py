"""The address of the demo bank's people; on any other bank it does not exist."""

from django.urls import path

from portal.demo import views

urlpatterns = [path("demo/", views.demo_people, name="demo")]
