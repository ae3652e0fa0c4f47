"""Settings. The environment is read here and nowhere else; docs/operations.md lists every variable."""

from pathlib import Path

import environ
from django.utils.translation import gettext_lazy as _

from accounts.access.rates import rate
from portal.logs import configuration as log_configuration
from portal.settings.board import *  # noqa: F403 - the wiring board

BASE_DIR = Path(__file__).resolve().parent.parent.parent
env = environ.Env()

# ── What kind of place this is ───────────────────────────────────────────────
# DEMO: an invented bank for looking around. It alone shows codes and demo people.
DEMO = env.bool("PORTAL_DEMO", default=False)
DEBUG = env.bool("DJANGO_DEBUG", default=False)
SECRET_KEY = env("DJANGO_SECRET_KEY")
# The customers' portal and the back office on hosts of their own (portal/hosts.py); both or neither.
CUSTOMER_HOST = env("PORTAL_CUSTOMER_HOST", default="")
STAFF_HOST = env("PORTAL_STAFF_HOST", default="")
_hosts = [host for host in (CUSTOMER_HOST, STAFF_HOST) if host]
ALLOWED_HOSTS = _hosts or env.list("DJANGO_ALLOWED_HOSTS", default=["localhost", "127.0.0.1", "[::1]"])
CSRF_TRUSTED_ORIGINS = env.list("DJANGO_CSRF_TRUSTED_ORIGINS", default=[f"https://{host}" for host in _hosts])
# HTTPS: on everywhere but on a developer's own machine.
HTTPS = env.bool("PORTAL_HTTPS", default=not DEMO)
# How many proxies of our own stand in front; 0: a forwarding header is hearsay and is not believed.
TRUSTED_PROXY_COUNT = env.int("PORTAL_TRUSTED_PROXIES", default=0)
# Where files live that are not in the database (uploads, sealed anchors).
DATA_DIR = Path(env("PORTAL_DATA_DIR", default=str(BASE_DIR / ".portal")))

# ── The bank's own face (white label) ────────────────────────────────────────
BRAND = {
    "name": {"en": env("BRAND_NAME_EN", default="Lantern Bank"), "zh-hans": env("BRAND_NAME_ZH", default="明灯银行")},
    "phone": env("BRAND_PHONE", default="400-000-0000"),
    "email": env("BRAND_EMAIL", default="help@lantern-bank.example"),
}

# ── Apps, from the ground up ─────────────────────────────────────────────────
INSTALLED_APPS = [
    "portal.backoffice.BackOfficeConfig",  # Django admin behind the second factor
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "django.contrib.postgres",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "django_otp",
    "crispy_forms",
    "core.ui",
    "core.policy",
    "core.audit",
    "core.outbox",
    "core.runs",
    "core.workdays",
    "core.reviews",
    "core.changes",
    "core.intake",
    "ledger",
    "accounts",
    "accounts.access",
    "accounts.identity",
    "accounts.preferences",
    "accounts.inbox",
    "accounts.statements",
    "accounts.mydata",
    "accounts.recovery",
    "accounts.staff",
    "accounts.guidance",
    "accounts.freezing",
    "products.cards",
    "products.deposits",
    "payments",
    "payments.schedules",
    "payments.clearing",
    "payments.recalls",
    "payments.exchange",
    "payments.requests",
    "payments.crossborder",
    "payments.counter",
    "payments.monitoring",
    "loans",
    "analytics",
    "portal",
]

MIDDLEWARE = [
    "portal.health.HealthProbe",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "core.audit.middleware.RequestReference",
    "csp.middleware.CSPMiddleware",
    "accounts.access.middleware.Sessions",
    "django.middleware.locale.LocaleMiddleware",
    "portal.pages.middleware.NotThisWay",
    "portal.hosts.OwnHost",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django_otp.middleware.OTPMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "accounts.access.middleware.SessionLimits",
    "accounts.access.probing.Probing",
    "accounts.staff.middleware.FactorFirst",
    "accounts.mydata.middleware.StaffUnderWatch",
    "accounts.preferences.middleware.FollowPreferences",
]

ROOT_URLCONF = "portal.urls"
WSGI_APPLICATION = "portal.wsgi.application"

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "core.ui.context.frame",
            ],
            "loaders": [
                (
                    "django.template.loaders.cached.Loader",
                    [
                        "django.template.loaders.filesystem.Loader",
                        "django.template.loaders.app_directories.Loader",
                    ],
                )
            ],
        },
    }
]

# ── Database: PostgreSQL, always ─────────────────────────────────────────────
# DATABASE_URL is the application's own role, which may not alter the books. `migrate` alone is run with the address
# of the tables' owner in its place (portal/privileges.py, docs/operations.md).
DATABASES = {"default": env.db_url("DATABASE_URL")}
DATABASES["default"].update(
    CONN_MAX_AGE=env.int("DATABASE_CONN_MAX_AGE", default=600),
    CONN_HEALTH_CHECKS=True,
    ATOMIC_REQUESTS=False,
)
DATABASES["default"].setdefault("OPTIONS", {}).update(
    {
        # One binding of statement plans per connection: see docs/adr/0003.
        "server_side_binding": False,
        "application_name": "portal",
    }
)
DATABASE_APP_ROLE = env("DATABASE_APP_ROLE", default="portal_app")
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# ── Cache, sessions ──────────────────────────────────────────────────────────
CACHES = {"default": env.cache_url("CACHE_URL", default="locmemcache://")}
SESSION_ENGINE = "accounts.access.session_store"
SESSION_SERIALIZER = "accounts.access.sessions.SealedJSON"  # JSON, encrypted with PORTAL_FIELD_KEYS
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_HTTPONLY = True
SESSION_COOKIE_AGE = 12 * 3600  # the row; accounts.access.middleware ends sessions earlier, by the policy table
if HTTPS:
    SESSION_COOKIE_NAME = "__Host-session"
    CSRF_COOKIE_NAME = "__Host-csrf"
    SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = True
    SECURE_HSTS_SECONDS = 31_536_000
    SECURE_HSTS_INCLUDE_SUBDOMAINS = True
    SECURE_HSTS_PRELOAD = True
    SECURE_SSL_REDIRECT = True
    SECURE_PROXY_SSL_HEADER = (
        ("HTTP_X_FORWARDED_PROTO", "https") if env.bool("PORTAL_BEHIND_PROXY", default=False) else None
    )

# ── Browser policy: nothing from elsewhere, nothing inline ───────────────────
X_FRAME_OPTIONS = "DENY"
SECURE_REFERRER_POLICY = "same-origin"
SECURE_CROSS_ORIGIN_OPENER_POLICY = "same-origin"
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": ["'none'"],
        "script-src": ["'self'"],
        "style-src": ["'self'"],
        "img-src": ["'self'", "data:"],
        "font-src": ["'self'"],
        "connect-src": ["'self'"],
        "form-action": ["'self'"],
        "manifest-src": ["'self'"],
        "base-uri": ["'none'"],
        "object-src": ["'none'"],
        "frame-ancestors": ["'none'"],
    }
}

# ── People, sign-in, second factor (allauth + django-otp: docs/adr/0004) ─────
AUTH_USER_MODEL = "accounts.User"
# One backend: a second one would hash every wrong password twice and tell the two kinds of wrong apart by time.
AUTHENTICATION_BACKENDS = ["allauth.account.auth_backends.AuthenticationBackend"]
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "accounts.access.passwords.LongEnough", "OPTIONS": {"min_length": 12}},
    {"NAME": "accounts.access.passwords.NotTheEmail"},
    {"NAME": "accounts.access.passwords.NotCommon"},
    {"NAME": "accounts.access.passwords.NotTheBank"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "home"
LOGOUT_REDIRECT_URL = "home"
ACCOUNT_ADAPTER = "accounts.access.adapters.AccountAdapter"
ACCOUNT_LOGIN_METHODS = {"email", "phone"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]  # for allauth; the form takes either: accounts.access.forms
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
# Our own pages hide who banks here (accounts.access.sentcodes); this is for what accounts/access/auth_urls.py may add.
ACCOUNT_PREVENT_ENUMERATION = "strict"
# Sent codes are accounts.access.sentcodes: by mail and by text message alike. Nobody gets in before one was right.
ACCOUNT_EMAIL_VERIFICATION = "none"
ACCOUNT_EMAIL_SUBJECT_PREFIX = ""
ACCOUNT_EMAIL_NOTIFICATIONS = False  # security notices leave through accounts.inbox instead
ACCOUNT_SESSION_REMEMBER = False
ACCOUNT_LOGOUT_ON_GET = False
ACCOUNT_DEFAULT_HTTP_PROTOCOL = "https" if HTTPS else "http"
ACCOUNT_FORMS = {
    "login": "accounts.access.forms.LoginForm",
    "signup": "accounts.access.forms.SignupForm",
    "reset_password_from_key": "accounts.access.forms.NewPasswordForm",
    "change_password": "accounts.access.forms.ChangePasswordForm",
    "reauthenticate": "accounts.access.forms.PasswordAgainForm",
}
# Counted in the shared cache, with the figures of the policy table. `key` is purpose and place, known or not, so that
# asking for a new code sets no tries back. Wrong passwords per person: accounts.access.lockout.
ACCOUNT_RATE_LIMITS = {
    "login": rate("{entrance.signin_source_per_minute}/m/ip"),
    "login_failed": rate(
        "{entrance.signin_failed_source_per_minute}/m/ip,{entrance.signin_failed_source_per_hour}/h/ip"
    ),
    "signup": rate("{entrance.register_source_per_minute}/m/ip,{entrance.register_source_per_day}/d/ip"),
    "code_sent": rate("{code.source_per_minute}/m/ip,1/{code.resend_seconds}s/key,{code.daily_most}/d/key"),
    "code_tried": rate(
        "{code.tries_source_per_minute}/m/ip,{code.tries_per_window}/{code.tries_window_minutes}m/key,"
        "{code.tries_per_day}/d/key"
    ),
    "reauthenticate": rate("{entrance.reauthenticate_per_minute}/m/user"),
    "change_password": rate("{entrance.change_password_per_minute}/m/user"),
}
MFA_ADAPTER = "accounts.access.adapters.FactorAdapter"
MFA_SUPPORTED_TYPES = ["totp", "webauthn", "recovery_codes"]
MFA_PASSKEY_LOGIN_ENABLED = True
MFA_WEBAUTHN_USER_VERIFICATION = "required"
MFA_TOTP_TOLERANCE = 1
MFA_RECOVERY_CODE_DIGITS = 10
MFA_FORMS = {
    "authenticate": "accounts.access.forms.AuthenticateForm",
    "reauthenticate": "accounts.access.forms.ReauthenticateForm",
    "login_webauthn": "accounts.access.forms.factors.LoginPasskeyForm",
    "authenticate_webauthn": "accounts.access.forms.AuthenticatePasskeyForm",
    "reauthenticate_webauthn": "accounts.access.forms.ReauthenticatePasskeyForm",
    "activate_totp": "accounts.access.forms.ActivateAppForm",
    "add_webauthn": "accounts.access.forms.AddPasskeyForm",
    "edit_webauthn": "accounts.access.forms.RenamePasskeyForm",
}

# ── Languages, time ──────────────────────────────────────────────────────────
LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", _("Simplified Chinese")), ("en", _("English"))]
LOCALE_PATHS = [BASE_DIR / "locale"]
LANGUAGE_COOKIE_SAMESITE = "Lax"
FORMAT_MODULE_PATH = ["portal.formats"]
USE_TZ = True
TIME_ZONE = "Asia/Shanghai"  # the bank's wall clock; the business date is ledger.calendar's

# ── Static files ─────────────────────────────────────────────────────────────
STATIC_URL = "/static/"
STATIC_ROOT = Path(env("PORTAL_STATIC_ROOT", default=str(DATA_DIR / "static")))
STATICFILES_DIRS = [BASE_DIR / "static"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "whitenoise.storage.CompressedManifestStaticFilesStorage"},
}
MEDIA_ROOT = DATA_DIR / "uploads"  # never served by a URL: views open what the reader may see
DATA_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 500
FILE_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024

# ── Forms ────────────────────────────────────────────────────────────────────
CRISPY_ALLOWED_TEMPLATE_PACKS = "portal"
CRISPY_TEMPLATE_PACK = "portal"
FORM_RENDERER = "core.ui.forms.renderer.PortalRenderer"

# ── Mail ─────────────────────────────────────────────────────────────────────
_mail = env.email_url("EMAIL_URL", default="consolemail://")
EMAIL_BACKEND = _mail["EMAIL_BACKEND"]
EMAIL_HOST = _mail.get("EMAIL_HOST", "")
EMAIL_PORT = _mail.get("EMAIL_PORT") or 25
EMAIL_HOST_USER = _mail.get("EMAIL_HOST_USER", "")
EMAIL_HOST_PASSWORD = _mail.get("EMAIL_HOST_PASSWORD", "")
EMAIL_USE_TLS = _mail.get("EMAIL_USE_TLS", False)
EMAIL_USE_SSL = _mail.get("EMAIL_USE_SSL", False)
EMAIL_FILE_PATH = _mail.get("EMAIL_FILE_PATH") or None
EMAIL_TIMEOUT = 10
DEFAULT_FROM_EMAIL = env("DEFAULT_FROM_EMAIL", default=BRAND["email"])

# ── Text messages: the class that hands them to a mobile network (accounts.inbox.sms.Gateway) ──
SMS_HTTP_URL = env("PORTAL_SMS_HTTP_URL", default="")  # accounts.inbox.sms_http.HttpGateway
SMS_HTTP_TOKEN = env("PORTAL_SMS_HTTP_TOKEN", default="")
SMS_HTTP_FIELDS = env.list("PORTAL_SMS_HTTP_FIELDS", default=["number=to", "text=content", "reference=client_id"])
SMS_GATEWAY = env("PORTAL_SMS_GATEWAY", default="accounts.inbox.sms.DemoGateway" if DEMO else "")

# ── Workers ──────────────────────────────────────────────────────────────────
NEAR_HOSTS = frozenset(env.list("PORTAL_NEAR_HOSTS", default=[]))  # reached without leaving the machine
CELERY_BROKER_URL = env("CELERY_BROKER_URL", default="redis://127.0.0.1:6379/0")
CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_TASK_TIME_LIMIT = 300  # hard limit well under the visibility timeout
CELERY_TASK_SOFT_TIME_LIMIT = 270
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "visibility_timeout": 600,
    "unacked_restore_interval": 10,
    "unacked_restore_throttle": 1,
    "socket_timeout": 5,
    "socket_connect_timeout": 2,
}
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_CONNECTION_MAX_RETRIES = None  # a worker waits for its broker, however long
CELERY_BROKER_CHANNEL_ERROR_RETRY = True  # also for one that answers with errors while it comes up
CELERY_TIMEZONE = TIME_ZONE
CELERY_TASK_ROUTES = {"core.outbox.tasks.*": {"queue": "outbox"}}
CELERY_TASK_DEFAULT_QUEUE = "default"

# ── Log: one line per event, plain for people or json for machines (portal/logs.py) ──
LOGGING = log_configuration(
    format=env("PORTAL_LOG_FORMAT", default="plain"), level=env("PORTAL_LOG_LEVEL", default="INFO")
)

# The malware scanner every uploaded photo is shown to first: tcp://host:3310 or unix:///run/clamav/clamd.ctl.
MALWARE_SCANNER = env("PORTAL_MALWARE_SCANNER", default="")

# ── What the bank keeps of people, and for how long ──────────────────────────
PERSONAL_DATA_FILE = BASE_DIR / "portal" / "personal_data.csv"  # the data dictionary (accounts.mydata.dictionary)
RETENTION_FILE = BASE_DIR / "portal" / "retention.csv"  # who deletes what of it, and when (accounts.mydata.retention)

# ── Policy figures: the file `load_policy` brings into the table ─────────────
POLICY_FILE = BASE_DIR / "portal" / "policy" / "figures.csv"
GUIDANCE_DIR = BASE_DIR / "portal" / "guidance"  # the help articles that come with the portal

# ── Type for rare Han characters on paper (Debian: fonts-noto-cjk, fonts-hanazono); what is absent is left out ──
_type = Path("/usr/share/fonts")
_rare = [str(_type / "opentype/noto/NotoSansCJK-Regular.ttc"), str(_type / "truetype/hanazono/HanaMinB.ttf")]
PDF_RARE_FONTS = env.list("PORTAL_PDF_RARE_FONTS", default=_rare)

# ── Where the public reaches the portal; receipts print it beside their verification code ──
PUBLIC_URL = env("PORTAL_PUBLIC_URL", default="http://127.0.0.1:8000" if DEMO else "").rstrip("/")
STAFF_URL = f"https://{STAFF_HOST}" if STAFF_HOST else PUBLIC_URL  # where mails send colleagues

# ── Where calls to other systems may go (core.outgoing): "host" or "host:port"; private ones are named twice ──
OUTGOING_HOSTS = env.list("PORTAL_OUTGOING_HOSTS", default=[])
OUTGOING_PRIVATE_HOSTS = env.list("PORTAL_OUTGOING_PRIVATE_HOSTS", default=[])
OUTGOING_PLAIN = False  # the tests alone call a server on this machine without a certificate

# ── The seal papers are signed with (core.ui.signing): a PEM file; the one-command start makes its own ──
PAPER_SEAL = env("PORTAL_PAPER_SEAL", default=str(DATA_DIR / "paper-seal.pem") if DEMO else "")

# ── Clearing: the way to other banks (payments.clearing, docs/clearing.md); no gateway: none is reached ──
CLEARING_GATEWAY = env("PORTAL_CLEARING_GATEWAY", default="payments.clearing.gateway.FileGateway" if DEMO else "")
CLEARING_DIR = Path(env("PORTAL_CLEARING_DIR", default=str(DATA_DIR / "clearing")))
CLEARING_KEY_OUT = env("PORTAL_CLEARING_KEY_OUT", default="")  # signs what the bank sends
CLEARING_KEY_IN = env("PORTAL_CLEARING_KEY_IN", default="")  # signs what the bank receives
CLEARING_OWN_CODE = env("PORTAL_CLEARING_OWN_CODE", default="999290000012" if DEMO else "")
CLEARING_BANKS = Path(env("PORTAL_CLEARING_BANKS", default=str(BASE_DIR / "payments/clearing/data/banks_demo.csv")))

# ── Payments abroad (payments.crossborder, docs/crossborder.md); no gateway: nothing is sent abroad ──
CROSSBORDER_GATEWAY = env(
    "PORTAL_CROSSBORDER_GATEWAY", default="payments.crossborder.gateway.CorrespondentFiles" if DEMO else ""
)
CROSSBORDER_DIR = Path(env("PORTAL_CROSSBORDER_DIR", default=str(DATA_DIR / "abroad")))
CROSSBORDER_OWN_BIC = env("PORTAL_OWN_BIC", default="LANTCNBJXXX" if DEMO else "")
CROSSBORDER_CORRESPONDENTS = Path(
    env("PORTAL_CORRESPONDENTS", default=str(BASE_DIR / "payments/crossborder/data/correspondents_demo.csv"))
)

# ── Keys for personal data at rest (newest first; docs/security.md) ──────────
FIELD_KEYS = env.list("PORTAL_FIELD_KEYS", default=[])
INDEX_KEY = env("PORTAL_INDEX_KEY", default="")
AUDIT_KEY = env("PORTAL_AUDIT_KEY", default="")
AUDIT_SINKS = env.list("PORTAL_AUDIT_SINKS", default=[])  # where anchors are sent besides (core.audit.sinks)
