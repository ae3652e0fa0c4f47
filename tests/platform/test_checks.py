"""`check --deploy` stands between a wrong setting and a bank that is open."""

import pytest
from django.conf import settings
from django.db import connection

from accounts.models import User
from portal import checks, transport
from portal.demo import people

GOOD = {
    "DEMO": False,
    "HTTPS": True,
    "SECRET_KEY": "s" * 60,
    "INDEX_KEY": "i" * 40,
    "AUDIT_KEY": "a" * 40,
    "CACHES": {
        "default": {"BACKEND": "django.core.cache.backends.redis.RedisCache", "LOCATION": "rediss://cache.bank.example"}
    },
    "EMAIL_BACKEND": "django.core.mail.backends.smtp.EmailBackend",
    "EMAIL_HOST": "mail.bank.example",
    "EMAIL_USE_TLS": True,
    "SMS_GATEWAY": "tests.access.gateways.Working",
}
BY_SETTINGS = (
    checks.the_demo_stays_at_home,
    checks.the_secrets_are_set,
    checks.what_the_processes_share,
    transport.nobody_listens_in,
    checks.texts_reach_people,
)


@pytest.fixture
def good(settings):
    for name, value in GOOD.items():
        setattr(settings, name, value)
    return settings


def found():
    return {message.id for check in BY_SETTINGS for message in check(None)}


def of_database(databases=("default",)):
    return {message.id: message.msg for message in checks.the_database_is_fit(None, databases=databases)}


def test_a_bank_that_is_set_up_well_passes(good):
    assert found() == set()


@pytest.mark.filterwarnings("ignore:Overriding setting DATABASES")
@pytest.mark.parametrize(
    ("name", "value", "code"),
    [
        ("DEMO", True, "portal.E001"),
        ("HTTPS", False, "portal.E002"),
        ("FIELD_KEYS", [], "portal.E003"),
        ("FIELD_KEYS", ["k1:tooshort"], "portal.E003"),
        ("INDEX_KEY", "short", "portal.E004"),
        ("INDEX_KEY", "a" * 40, "portal.E005"),
        ("CACHES", {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}, "portal.E006"),
        ("EMAIL_BACKEND", "django.core.mail.backends.console.EmailBackend", "portal.W001"),
        ("DATABASES", {"default": {"HOST": "db.bank.example"}}, "portal.E021"),
        ("DATABASES", {"default": {"HOST": "db.bank.example", "OPTIONS": {"sslmode": "require"}}}, "portal.E021"),
        ("DATABASES", {"default": {"HOST": "localhost,db.bank.example"}}, "portal.E021"),
        ("CELERY_BROKER_URL", "redis://:secret@broker.bank.example:6379/0", "portal.E022"),
        ("CELERY_BROKER_URL", "amqps://localhost;amqp://broker.bank.example", "portal.E022"),
        ("CELERY_BROKER_URL", "rediss://broker.bank.example?ssl_cert_reqs=none", "portal.E022"),
        ("EMAIL_USE_TLS", False, "portal.E023"),
        ("SMS_GATEWAY", "", "portal.E018"),
        ("SMS_GATEWAY", "nobody.has.this.Gateway", "portal.E018"),
        ("SMS_GATEWAY", "accounts.inbox.sms.DemoGateway", "portal.E019"),
    ],
)
def test_each_wrong_setting_is_named(good, name, value, code):
    setattr(good, name, value)
    assert found() == {code}


@pytest.mark.filterwarnings("ignore:Overriding setting DATABASES")
@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("DATABASES", {"default": {"HOST": "/run/postgresql"}}),
        ("DATABASES", {"default": {"HOST": "127.0.0.1"}}),
        ("DATABASES", {"default": {"HOST": "db.bank.example", "OPTIONS": {"sslmode": "verify-full"}}}),
        ("DATABASES", {"default": {"HOST": "database"}}),
        ("CELERY_BROKER_URL", "redis://broker:6379/0"),
        ("CELERY_BROKER_URL", "rediss://broker.bank.example:6379/0"),
        ("CELERY_BROKER_URL", "redis+socket:///run/valkey.sock"),
    ],
)
def test_what_stays_on_one_machine_or_is_sealed_on_its_way_passes(good, name, value):
    good.NEAR_HOSTS = frozenset({"database", "broker"})
    setattr(good, name, value)
    assert found() == set()


@pytest.mark.django_db
def test_the_applications_own_role_passes_but_for_the_throw_away_server():
    assert set(of_database()) <= {"portal.E011"}  # the tests' server may run without fsync, and is told so


@pytest.mark.django_db
def test_a_server_that_may_lose_a_booking_is_named(monkeypatch):
    monkeypatch.setitem(checks.DURABILITY, "synchronous_commit", ({"remote_apply"}, "a booking could be lost"))
    messages = [message.msg for message in checks.the_database_is_fit(None, databases=["default"])]
    assert "PostgreSQL's synchronous_commit is on: a booking could be lost." in messages


@pytest.mark.django_db
@pytest.mark.as_owner
def test_running_as_the_owner_of_the_books_is_named():
    assert f"and not as {settings.DATABASE_APP_ROLE}" in of_database()["portal.E015"]


@pytest.mark.django_db
@pytest.mark.as_owner
def test_books_that_belong_to_the_application_are_named():
    with connection.cursor() as cursor:
        cursor.execute(f"GRANT CREATE ON SCHEMA public TO {settings.DATABASE_APP_ROLE}")
        cursor.execute(f"ALTER TABLE ledger_line OWNER TO {settings.DATABASE_APP_ROLE}")
    messages = [message.msg for message in checks.the_database_is_fit(None, databases=["default"])]
    assert f"Database privileges: {settings.DATABASE_APP_ROLE} owns ledger_line." in messages


@pytest.mark.django_db
def test_a_role_that_does_not_exist_is_named(settings):
    settings.DATABASE_APP_ROLE = "nobody_of_that_name"
    assert "portal.E014" in of_database()


@pytest.mark.django_db
def test_demo_people_in_a_real_bank_are_named(good):
    User.objects.create_user(people.CUSTOMER.email, None, full_name="Mei")
    assert "portal.E017" in of_database()
    good.DEMO = True
    assert "portal.E017" not in of_database()


def test_no_database_is_asked_unless_it_is_named():
    assert of_database(databases=None) == {}
