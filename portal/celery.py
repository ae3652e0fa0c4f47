"""The Celery application; its schedule is code, so that it is reviewed like code."""

import os

from celery import Celery

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings")

app = Celery("portal")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
# What beat starts, and when. Every task takes its own stock of what is due, so a missed tick costs time only.
app.conf.beat_schedule = {
    "outbox-sweep": {"task": "core.outbox.tasks.sweep", "schedule": 2.0, "options": {"queue": "outbox", "expires": 10}},
    "audit-seal": {"task": "core.audit.tasks.seal", "schedule": 5.0, "options": {"expires": 10}},
}
