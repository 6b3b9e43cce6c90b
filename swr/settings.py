"""The one settings file: read from the environment through ``swr.env``, nothing else reads it.

Every ``SWR_`` name is described in ``docs/operations/settings.md``; a test holds the two together.
"""

from pathlib import Path
from urllib.parse import urlsplit

import dj_database_url
import django_stubs_ext
from django.db.models import CharField

from swr import env, logs

django_stubs_ext.monkeypatch(extra_classes=[CharField])  # CharField[str, str] at run time too

BASE_DIR = Path(__file__).resolve().parent.parent
DATA_DIR = Path(env.text("SWR_DATA_DIR", str(BASE_DIR / "data"))).resolve()

# --- where we are, as clients see us -----------------------------------------------------------

LISTEN = env.text("SWR_LISTEN", "127.0.0.1:8080")
EXTERNAL_URL = env.text("SWR_EXTERNAL_URL", f"http://{LISTEN}").rstrip("/")
_external = urlsplit(EXTERNAL_URL)
if _external.scheme not in {"http", "https"} or not _external.netloc or _external.path:
    raise env.WrongSetting(
        "SWR_EXTERNAL_URL", f"must be like https://registry.example.com, not {EXTERNAL_URL!r}."
    )
REGISTRY_HOST = env.text("SWR_REGISTRY_HOST", _external.netloc)
REGION = env.text("SWR_REGION", "local-1")
TRUSTED_PROXIES = env.words("SWR_TRUSTED_PROXIES")
READ_ONLY = env.flag("SWR_READ_ONLY")

# --- the first start ---------------------------------------------------------------------------

ADMIN_ACCOUNT = env.text("SWR_ADMIN_ACCOUNT", "admin")
ADMIN_PASSWORD = env.secret("SWR_ADMIN_PASSWORD")

# --- how wide we run ---------------------------------------------------------------------------

WEB_WORKERS = env.number("SWR_WEB_WORKERS", 2, at_least=1)
WEB_THREADS = env.number("SWR_WEB_THREADS", 32, at_least=1)

# --- secrets and hosts -------------------------------------------------------------------------

SECRET_KEY = env.kept_secret("SWR_SECRET_KEY", DATA_DIR / "secret_key")
DEBUG = False
# Host names are checked where one is used: every address we print comes from SWR_EXTERNAL_URL,
# and a registry is reached under whatever name a client's network gives it.
ALLOWED_HOSTS = ["*"]
CSRF_TRUSTED_ORIGINS = [EXTERNAL_URL]
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = _external.scheme == "https"
SESSION_COOKIE_HTTPONLY = True
SESSION_SERIALIZER = "django.contrib.sessions.serializers.JSONSerializer"
X_FRAME_OPTIONS = "DENY"
SECURE_REFERRER_POLICY = "same-origin"

# --- limits ------------------------------------------------------------------------------------

QUOTA_ORGANIZATIONS = env.number("SWR_QUOTA_ORGANIZATIONS", 5)
QUOTA_REPOSITORIES = env.number("SWR_QUOTA_REPOSITORIES", 0)  # 0: no limit
QUOTA_STORAGE = env.number("SWR_QUOTA_STORAGE_GB", 0) * 1024**3  # bytes; 0: no limit
MAX_BLOB_SIZE = env.number("SWR_MAX_BLOB_SIZE_GB", 0) * 1024**3  # bytes; 0: no limit
UPLOAD_EXPIRES_HOURS = env.number("SWR_UPLOAD_EXPIRES_HOURS", 24, at_least=1)
SPARSE_INDEXES = env.flag("SWR_SPARSE_INDEXES")
TRACE_DAYS = env.number("SWR_TRACE_DAYS", 7, at_least=1)

# --- bytes -------------------------------------------------------------------------------------

STORAGE = env.choice("SWR_STORAGE", "fs", ["fs", "memory"])
STORAGE_DIR = DATA_DIR / "blobs"

# --- rows --------------------------------------------------------------------------------------

_database_url = env.secret("SWR_DATABASE_URL") or env.secret("DATABASE_URL")
DATABASES = {
    "default": dj_database_url.parse(_database_url, conn_max_age=None, conn_health_checks=True)
    if _database_url
    else {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": str(DATA_DIR / "swr.sqlite3"),
        "CONN_MAX_AGE": None,
    }
}
if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    # Writers queue for the lock instead of failing; a commit is on the disk before it is told.
    DATABASES["default"]["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 60,
        "init_command": (
            "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA cache_size=-32000;"
            "PRAGMA mmap_size=268435456; PRAGMA temp_store=MEMORY"
        ),
    }
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# --- messages between processes ----------------------------------------------------------------

REDIS_URL = env.secret("SWR_REDIS_URL") or env.secret("REDIS_URL")
_broker_dir = DATA_DIR / "broker"
CELERY_BROKER_URL = REDIS_URL or "filesystem://"
CELERY_BROKER_TRANSPORT_OPTIONS = (
    {}
    if REDIS_URL
    else {
        "data_folder_in": str(_broker_dir / "messages"),
        "data_folder_out": str(_broker_dir / "messages"),
        "control_folder": str(_broker_dir / "control"),
    }
)
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_TASK_SERIALIZER = CELERY_RESULT_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
CELERY_TASK_IGNORE_RESULT = True
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
CELERY_TIMEZONE = "UTC"

# --- Django ------------------------------------------------------------------------------------

INSTALLED_APPS = [
    "accounts",
    "organizations",
    "images",
    "guardian",
    "rest_framework",
    "swr.admin.AdminConfig",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
]
# The registry runs without these: images/registry/handler.py has its own two.
MIDDLEWARE = [
    "swr.middleware.RequestId",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]
ROOT_URLCONF = "swr.urls"
WSGI_APPLICATION = "swr.wsgi.application"
APPEND_SLASH = False
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ]
        },
    }
]
USE_TZ = True
TIME_ZONE = "UTC"
LANGUAGE_CODE = "en"
STATIC_URL = "/static/"
STATICFILES_DIRS = [BASE_DIR / "static"]
STATIC_ROOT = DATA_DIR / "static"
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = False

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = [
    "accounts.authentication.backends.PasswordBackend",
    "guardian.backends.ObjectPermissionBackend",
]
ANONYMOUS_USER_NAME = None  # guardian: nobody is a row
PASSWORD_HASHERS = [
    "django.contrib.auth.hashers.Argon2PasswordHasher",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
SILENCED_SYSTEM_CHECKS = [
    "auth.W004",  # a user name is unique in its account; our own backend tells them apart
]

LOG_LEVEL = env.choice("SWR_LOG_LEVEL", "info", ["debug", "info", "warning", "error"]).upper()
LOG_FORMAT = env.choice("SWR_LOG_FORMAT", "text", ["text", "json"])
LOGGING_CONFIG = None
logs.configure(LOG_LEVEL, LOG_FORMAT)

UNKNOWN_SETTINGS = env.unknown()
