"""What the killed processes run on: the tests' settings, on the tests' database, with handlers that can be killed."""

import os

from portal.settings.test import *  # noqa: F403
from portal.settings.test import DATABASES

DATABASES["default"]["NAME"] = os.environ["KILL_DATABASE"]
DATABASES["default"]["CONN_MAX_AGE"] = 60
OUTBOX_ROUTES = "tests.kill.handlers.ROUTES"
EMAIL_BACKEND = "django.core.mail.backends.dummy.EmailBackend"
