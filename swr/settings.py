"""The one settings file: read from the environment through ``swr.env``, nothing else reads it.

Every ``SWR_`` name is described in ``docs/operations/settings.md``; a test holds the two together.
"""

from pathlib import Path

import django_stubs_ext
from django.db.models import CharField

from swr import env, logs

django_stubs_ext.monkeypatch(extra_classes=[CharField])  # CharField[str, str] at run time too

BASE_DIR = Path(__file__).resolve().parent.parent
DATA_DIR = Path(env.text("SWR_DATA_DIR", str(BASE_DIR / "data"))).resolve()

# --- where we are, as clients see us -----------------------------------------------------------

LISTEN = env.address("SWR_LISTEN", "127.0.0.1:8080")  # host, port
_local = "localhost" if LISTEN[0] in {"0.0.0.0", "::"} else LISTEN[0]  # noqa: S104
_local = f"[{_local}]" if ":" in _local else _local
_external = env.origin("SWR_EXTERNAL_URL", f"http://{_local}:{LISTEN[1]}")
EXTERNAL_URL = _external.geturl()
EXTERNAL_URL_IS_GIVEN = bool(env.text("SWR_EXTERNAL_URL"))
REGISTRY_HOST = env.matching(
    "SWR_REGISTRY_HOST",
    _external.netloc,
    r"([A-Za-z0-9.-]+|\[[0-9A-Fa-f:.]+\])(:[0-9]{1,5})?",
    like="registry.example.com:443",
)
REGION = env.matching("SWR_REGION", "local-1", "[a-z0-9][a-z0-9-]{0,62}", like="local-1")
TRUSTED_PROXIES = env.networks("SWR_TRUSTED_PROXIES")
READ_ONLY = env.flag("SWR_READ_ONLY")

# --- the first start ---------------------------------------------------------------------------

ADMIN_ACCOUNT = env.text("SWR_ADMIN_ACCOUNT", "admin")
ADMIN_PASSWORD = env.secret("SWR_ADMIN_PASSWORD")

# --- how wide we run ---------------------------------------------------------------------------

WEB_WORKERS = env.number("SWR_WEB_WORKERS", 2, at_least=1)
WEB_THREADS = env.number("SWR_WEB_THREADS", 32, at_least=1)

# --- secrets and hosts -------------------------------------------------------------------------

SECRET_KEY = env.kept_secret("SWR_SECRET_KEY", DATA_DIR / "secret_key", at_least=32)
DEBUG = False
# Host names are checked where one is used: every address we print comes from SWR_EXTERNAL_URL,
# and a registry is reached under whatever name a client's network gives it.
ALLOWED_HOSTS = ["*"]
CSRF_TRUSTED_ORIGINS = [EXTERNAL_URL]
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = _external.scheme == "https"
SESSION_COOKIE_HTTPONLY = True
FILE_UPLOAD_HANDLERS = ["swr.forms.NoFiles"]
SESSION_SERIALIZER = "django.contrib.sessions.serializers.JSONSerializer"
X_FRAME_OPTIONS = "DENY"
SECURE_REFERRER_POLICY = "same-origin"

# --- limits ------------------------------------------------------------------------------------

QUOTA_ORGANIZATIONS = env.number("SWR_QUOTA_ORGANIZATIONS", 5)
QUOTA_REPOSITORIES = env.number("SWR_QUOTA_REPOSITORIES", 0)  # 0: no limit
QUOTA_STORAGE = env.number("SWR_QUOTA_STORAGE_GB", 0) * 1024**3  # bytes; 0: no limit
MAX_BLOB_SIZE = env.number("SWR_MAX_BLOB_SIZE_GB", 0) * 1024**3  # bytes; 0: no limit
UPLOAD_EXPIRES_HOURS = env.number("SWR_UPLOAD_EXPIRES_HOURS", 24, at_least=1)
SPARSE_MANIFESTS = env.flag("SWR_SPARSE_MANIFESTS")
TRACE_DAYS = env.number("SWR_TRACE_DAYS", 7, at_least=1)

# --- bytes -------------------------------------------------------------------------------------

STORAGE = env.choice("SWR_STORAGE", "fs", ["fs", "memory"])
STORAGE_DIR = DATA_DIR / "store"

# --- rows --------------------------------------------------------------------------------------

DATABASES = {
    "default": env.database("SWR_DATABASE_URL", "DATABASE_URL")
    or {"ENGINE": "django.db.backends.sqlite3", "NAME": str(DATA_DIR / "swr.sqlite3")}
}
DATABASES["default"]["CONN_MAX_AGE"] = None
if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    # Writers queue up instead of failing; a commit is on the disk before it is told.
    DATABASES["default"]["ENGINE"] = "swr.sqlite"
    DATABASES["default"]["OPTIONS"] = {
        "transaction_mode": "IMMEDIATE",
        "timeout": 60,
        "init_command": (
            "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA cache_size=-8000;"
            "PRAGMA mmap_size=268435456; PRAGMA temp_store=MEMORY"
        ),
    }
else:
    # A server that is gone is noticed in seconds, not after the operating system's two hours.
    DATABASES["default"]["OPTIONS"] = {
        "connect_timeout": 5,
        "keepalives_idle": 30,
        "tcp_user_timeout": 20000,
        **DATABASES["default"].get("OPTIONS", {}),
    }
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# --- messages between processes ----------------------------------------------------------------

REDIS_URL = env.redis("SWR_REDIS_URL", "REDIS_URL")
_broker_dir = DATA_DIR / "broker"
CELERY_BROKER_URL = REDIS_URL or "localhost"
CELERY_BROKER_TRANSPORT = None if REDIS_URL else "swr.broker:Transport"
CELERY_BROKER_TRANSPORT_OPTIONS = (
    {"socket_connect_timeout": 5, "socket_keepalive": True}
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
CELERY_WORKER_HIJACK_ROOT_LOGGER = CELERY_WORKER_REDIRECT_STDOUTS = False
CELERY_WORKER_ENABLE_REMOTE_CONTROL = False
CELERY_TIMEZONE = "UTC"

# --- Django ------------------------------------------------------------------------------------

INSTALLED_APPS = [
    "swr.apps.SwrConfig",
    "accounts",
    "organizations",
    "images",
    "guardian",
    "rest_framework",
    "swr.apps.AdminConfig",
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
WHITENOISE_USE_FINDERS = True
WHITENOISE_AUTOREFRESH = False

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = [
    "accounts.authentication.backends.PasswordBackend",
    "guardian.backends.ObjectPermissionBackend",
]
ANONYMOUS_USER_NAME = None  # guardian: nobody is a row
PASSWORD_HASHERS = [
    "accounts.authentication.hashers.Argon2",
    "django.contrib.auth.hashers.PBKDF2PasswordHasher",
]
SILENCED_SYSTEM_CHECKS = [
    "auth.W004",  # a user name is unique in its account; our own backend tells them apart
]

# What /readyz asks: a name, and a function that raises with a sentence when something is wrong.
READINESS_CHECKS = {
    "database": "swr.health.database",
    "migrations": "swr.health.migrations",
    "storage": "images.storage.drivers.check",
    "worker": "accounts.workers.services.check",
}

LOG_LEVEL = env.choice("SWR_LOG_LEVEL", "info", ["debug", "info", "warning", "error"]).upper()
LOG_FORMAT = env.choice("SWR_LOG_FORMAT", "text", ["text", "json"])
LOGGING_CONFIG = None
logs.configure(LOG_LEVEL, LOG_FORMAT)

UNKNOWN_SETTINGS = env.unknown()
