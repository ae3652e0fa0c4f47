"""Settings of the tests: the portal's own, with fast hashing and mail that is kept."""

import os
import tempfile
from pathlib import Path

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

if _worker := os.environ.get("PYTEST_XDIST_WORKER"):  # what each hands to other banks is its own, as its database is
    _files = Path(os.environ.get("PORTAL_DATA_DIR") or tempfile.gettempdir()) / _worker
    os.environ["PORTAL_CLEARING_DIR"] = str(_files / "clearing")
    os.environ["PORTAL_CROSSBORDER_DIR"] = str(_files / "abroad")

from portal.settings.base import *  # noqa: F403
from portal.settings.base import DATABASES, STORAGES

if _template := os.environ.get("PORTAL_TEST_TEMPLATE"):  # script/test has migrated one; each process copies it
    DATABASES["default"]["TEST"] = {"TEMPLATE": _template}
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
