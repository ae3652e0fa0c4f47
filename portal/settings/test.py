"""Settings of the tests: the portal's own, with fast hashing and mail that is kept."""

import os

os.environ.setdefault("DJANGO_SECRET_KEY", "tests-only-" + "x" * 50)
# script/test starts a server of its own and names it here; by hand: DATABASE_URL=postgres://owner:…@host/name pytest
os.environ.setdefault("DATABASE_URL", "postgres://portal_owner@127.0.0.1:5432/portal")
os.environ.setdefault("PORTAL_DEMO", "1")
os.environ.setdefault("PORTAL_HTTPS", "0")
os.environ.setdefault("PORTAL_FIELD_KEYS", "k1:MDEyMzQ1Njc4OWFiY2RlZjAxMjM0NTY3ODlhYmNkZWY=")
os.environ.setdefault("PORTAL_INDEX_KEY", "tests-only-index-key-tests-only-index-key")
os.environ.setdefault("PORTAL_CLEARING_KEY_OUT", "tests-only-clearing-key-out-tests-only")
os.environ.setdefault("PORTAL_CLEARING_KEY_IN", "tests-only-clearing-key-in-tests-only")
os.environ.setdefault("PORTAL_AUDIT_KEY", "tests-only-audit-key-tests-only-audit-key")

from portal.settings.base import *  # noqa: F403
from portal.settings.base import STORAGES

ALLOWED_HOSTS = ["testserver", "localhost", "127.0.0.1"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
STORAGES = {**STORAGES, "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}}
PAPER_SEAL = ""  # tests/ui/test_signing.py sets one
# Tests read English unless they say otherwise; what Chinese readers see has tests of its own.
LANGUAGE_CODE = "en"
# A reader that reads nothing takes no three seconds; tests/identity/test_reading.py runs the real one.
IDENTITY_READER = "tests.factories.identity.read_sample"
