"""The Celery application; its schedule is code, so that it is reviewed like code."""

import os

from celery import Celery
from celery.schedules import crontab
from celery.signals import setup_logging, task_postrun, task_prerun

from portal import broker, logs

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "portal.settings.base")

broker.use()
app = Celery("portal")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
setup_logging.connect(logs.configure_celery)
task_prerun.connect(logs.bind_task)
task_postrun.connect(logs.unbind_task)
# What beat starts, and when. Every task takes its own stock of what is due, so a missed tick costs time only.
app.conf.beat_schedule = {
    "outbox-sweep": {"task": "core.outbox.tasks.sweep", "schedule": 2.0, "options": {"queue": "outbox", "expires": 10}},
    "end-of-day": {
        "task": "core.runs.tasks.catch_up",
        "schedule": 60.0,
        "kwargs": {"name": "end_of_day"},
        "options": {"expires": 60},
    },
    "audit-ship": {"task": "core.audit.tasks.ship", "schedule": 60.0, "options": {"expires": 60}},
    "audit-prove": {
        "task": "core.audit.tasks.prove",
        "schedule": crontab(hour=2, minute=10),
        "options": {"expires": 3600},
    },
    "audit-seal": {"task": "core.audit.tasks.seal", "schedule": 5.0, "options": {"expires": 10}},
    "reviews-sweep": {"task": "core.reviews.tasks.sweep", "schedule": 60.0, "options": {"expires": 60}},
    "send-abroad": {"task": "payments.crossborder.tasks.send_abroad", "schedule": 30.0, "options": {"expires": 60}},
    "exchange-clear": {"task": "payments.exchange.tasks.clear", "schedule": 3600.0, "options": {"expires": 1800}},
    "clearing-round": {"task": "payments.clearing.tasks.go_round", "schedule": 5.0, "options": {"expires": 10}},
    "expire-drafts": {"task": "payments.tasks.expire_drafts", "schedule": 300.0, "options": {"expires": 300}},
    "held-payments": {"task": "payments.tasks.work_on_held", "schedule": 30.0, "options": {"expires": 30}},
    "analytics-roll-up": {"task": "analytics.tasks.roll_up", "schedule": 60.0, "options": {"expires": 60}},
    "ledger-roll-up": {"task": "ledger.tasks.roll_up", "schedule": 60.0, "options": {"expires": 60}},
    "ledger-expire-holds": {"task": "ledger.tasks.expire_holds", "schedule": 60.0, "options": {"expires": 60}},
    "identity-remind-of-expiry": {
        "task": "accounts.identity.tasks.remind_of_expiry",
        "schedule": crontab(hour="8-20", minute=5),
        "options": {"expires": 3000},
    },
    "staff-duties": {
        "task": "accounts.staff.tasks.look_for_conflicts",
        "schedule": crontab(hour=2, minute=30),
        "options": {"expires": 3600},
    },
    "recovery-sweep": {"task": "accounts.recovery.tasks.sweep", "schedule": 300.0, "options": {"expires": 300}},
    "mydata-delete-copies": {
        "task": "accounts.mydata.tasks.delete_copies",
        "schedule": 300.0,
        "options": {"expires": 300},
    },
    "statements-delete-files": {
        "task": "accounts.statements.tasks.delete_files",
        "schedule": 300.0,
        "options": {"expires": 300},
    },
    "mydata-close": {
        "task": "accounts.mydata.tasks.close_relationships",
        "schedule": 300.0,
        "options": {"expires": 300},
    },
    "mydata-emergencies": {
        "task": "accounts.mydata.tasks.end_emergencies",
        "schedule": 60.0,
        "options": {"expires": 60},
    },
    "mydata-retain": {
        "task": "accounts.mydata.tasks.retain",
        "schedule": crontab(hour=3, minute=40),
        "options": {"expires": 3600},
    },
    "access-clear": {"task": "accounts.access.tasks.clear", "schedule": 3600.0, "options": {"expires": 1800}},
}
