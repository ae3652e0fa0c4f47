"""Addresses of this room."""

from django.urls import path

from payments.schedules.views import agreeing, keeping

urlpatterns = [
    path("", keeping.overview, name="schedules"),
    path("new/", agreeing.fill_in, name="schedule_new"),
    path("check/<uuid:proposal_id>/", agreeing.check, name="schedule_check"),
    path("<uuid:schedule_id>/", keeping.one, name="schedule"),
    path("<uuid:schedule_id>/change/", agreeing.change, name="schedule_change"),
    path("<uuid:schedule_id>/pause/", keeping.pause, name="schedule_pause"),
    path("<uuid:schedule_id>/resume/", keeping.resume, name="schedule_resume"),
    path("<uuid:schedule_id>/skip/", keeping.skip, name="schedule_skip"),
    path("<uuid:schedule_id>/cancel/", keeping.cancel, name="schedule_cancel"),
]
