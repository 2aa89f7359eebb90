"""All settings, in one file, from the environment; what each variable does stands in README.md.

There is no development twin: DEBUG only shows tracebacks, and every default is the safe one.
"""

import os
from pathlib import Path

import dj_database_url
from celery.schedules import crontab
from django.core.exceptions import ImproperlyConfigured
from django.utils.translation import gettext_lazy as _
from kombu import Queue

BASE_DIR = Path(__file__).resolve().parent.parent


def flag(name, default=False):
    return os.environ.get(name, "1" if default else "0").lower() in {"1", "true", "yes", "on"}


def words(name, default=""):
    return [word.strip() for word in os.environ.get(name, default).split(",") if word.strip()]


def number(name, default):
    return int(os.environ.get(name, default))


# --- Where it runs -------------------------------------------------------------------------------

DEBUG = flag("DEBUG")
# One machine, nothing installed: marketplace.local sets this; it relaxes limits for loopback only.
LOCAL_RUN = flag("LOCAL_RUN")
SECRET_KEY = os.environ.get("SECRET_KEY", "")
if not SECRET_KEY:
    raise ImproperlyConfigured("Set SECRET_KEY; `make run` makes one for this machine by itself.")
ALLOWED_HOSTS = words("ALLOWED_HOSTS", "localhost,127.0.0.1,[::1]")
CSRF_TRUSTED_ORIGINS = words("CSRF_TRUSTED_ORIGINS")
SITE_URL = os.environ.get("SITE_URL", "http://127.0.0.1:8000")
HTTPS = flag("HTTPS", default=not LOCAL_RUN)
# One proxy of ours stands before the site: it says how and from where a request came.
BEHIND_PROXY = flag("BEHIND_PROXY")
ROOT_URLCONF = "marketplace.urls"
WSGI_APPLICATION = "marketplace.wsgi.application"

INSTALLED_APPS = [
    "marketplace.shop",
    "orders",
    "distribution",
    "producers",
    "marketplace.accounts",
    "marketplace.kernel",
    "marketplace.local",
    "unfold",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.postgres",
    "rest_framework",
    "knox",
    "django_filters",
    "drf_spectacular",
    "drf_spectacular_sidecar",
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "django_htmx",
    # Both bring their own default loaders; together only the hand-written chain below works.
    "django_cotton.apps.SimpleAppConfig",
    "template_partials.apps.SimpleAppConfig",
]

MIDDLEWARE = [
    "marketplace.kernel.web.RequestContext",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.middleware.gzip.GZipMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "allauth.account.middleware.AccountMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "marketplace.kernel.limits.SignInLimit",
    "marketplace.kernel.web.Refusals",
    "marketplace.kernel.web.ContentSecurityPolicy",
]

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "marketplace" / "templates"],
        "APP_DIRS": False,
        "OPTIONS": {
            "loaders": [
                (
                    "template_partials.loader.Loader",
                    [
                        (
                            "django.template.loaders.cached.Loader",
                            [
                                "django_cotton.cotton_loader.Loader",
                                "django.template.loaders.filesystem.Loader",
                                "django.template.loaders.app_directories.Loader",
                            ],
                        )
                    ],
                )
            ],
            "builtins": [
                "django_cotton.templatetags.cotton",
                "template_partials.templatetags.partials",
            ],
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "django.template.context_processors.i18n",
                "marketplace.shop.context.market",
            ],
        },
    }
]

# --- PostgreSQL ----------------------------------------------------------------------------------

# Web and workers connect as a role that owns nothing, so triggers and grants bind them;
# migrations connect as the owner.
DATABASE_URL = os.environ.get("DATABASE_URL", "postgresql://localhost/spichlerz")
DATABASE_OWNER_URL = os.environ.get("DATABASE_OWNER_URL", DATABASE_URL)
DATABASES = {
    "default": dj_database_url.parse(
        DATABASE_OWNER_URL if flag("AS_OWNER") else DATABASE_URL, conn_health_checks=True
    )
}
DATABASES["default"]["OPTIONS"] = {
    "options": "-c lock_timeout={} -c statement_timeout={} -c timezone=UTC".format(
        os.environ.get("LOCK_TIMEOUT", "2s"), os.environ.get("STATEMENT_TIMEOUT", "15s")
    ),
    "server_side_binding": True,
    # After so many repeats a connection plans a statement for good. For the web's short statements only: one plan
    # does not suit ten rows and ten thousand, as commands and workers have them (docs/performance.md).
    "prepare_threshold": number("DATABASE_PREPARE", 0) or None,
}
if number("DATABASE_POOL", 0):
    # About one connection a core serves more than many do (docs/performance.md).
    DATABASES["default"]["OPTIONS"]["pool"] = {
        "min_size": 1,
        "max_size": number("DATABASE_POOL", 0),
        "timeout": 20,
    }
else:
    DATABASES["default"]["CONN_MAX_AGE"] = number("CONN_MAX_AGE", 60)
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# --- Redis and Celery ----------------------------------------------------------------------------

REDIS_URL = os.environ.get("REDIS_URL", "redis://localhost:6379/0")
CACHE_URL = os.environ.get("CACHE_URL", REDIS_URL)
CACHES = {
    "default": {
        "BACKEND": "marketplace.kernel.cache.ForgivingRedisCache",
        "LOCATION": CACHE_URL,
        "KEY_PREFIX": "spichlerz",
        "OPTIONS": {"socket_connect_timeout": 0.2, "socket_timeout": 0.5},
    }
}
SESSION_ENGINE = "django.contrib.sessions.backends.db"

# redis-py says unix://path?db=1 where kombu says redis+socket://path?virtual_host=1.
CELERY_BROKER_URL = (
    REDIS_URL.replace("unix://", "redis+socket://", 1).replace("?db=", "?virtual_host=", 1)
    if REDIS_URL.startswith("unix://")
    else REDIS_URL
)
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_TRANSPORT_OPTIONS = {
    "visibility_timeout": number("JOB_VISIBILITY", 300),
    # Kombu sweeps unacknowledged messages every 10 s times this; its default of 10 means 100 s.
    "unacked_restore_limit": 100,
    "socket_connect_timeout": 0.2,
    "socket_timeout": 5,
    "max_retries": 0,
}
CELERY_TASK_ACKS_LATE = True
CELERY_TASK_REJECT_ON_WORKER_LOST = True
CELERY_WORKER_PREFETCH_MULTIPLIER = 1
CELERY_WORKER_CANCEL_LONG_RUNNING_TASKS_ON_CONNECTION_LOSS = True
CELERY_WORKER_SOFT_SHUTDOWN_TIMEOUT = number("SOFT_SHUTDOWN", 30)
CELERY_TASK_IGNORE_RESULT = True
CELERY_TASK_SERIALIZER = "json"
CELERY_ACCEPT_CONTENT = ["json"]
# Workers log as the web does: LOGGING below.
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
# Hard limit < lease < visibility: a task is dead before anyone else may take its job.
CELERY_TASK_TIME_LIMIT = number("JOB_TIME_LIMIT", 120)
JOB_LEASE_SECONDS = number("JOB_LEASE", 180)
JOB_SWEEP_SECONDS = number("JOB_SWEEP", 10)
JOB_MAX_ATTEMPTS = 8
CENTRES_READ_SECONDS = number("CENTRES_READ", 30)
CELERY_BEAT_SCHEDULE = {
    "sweep": {
        "task": "kernel.sweep",
        "schedule": JOB_SWEEP_SECONDS,
        "options": {"expires": JOB_SWEEP_SECONDS},
    },
    # Each day's planning leaves the job of the next day; this brings back a chain that broke.
    "plan_trips": {"task": "distribution.plan_trips", "schedule": crontab(hour="2", minute="30")},
    "flow_back": {"task": "distribution.flow_back", "schedule": 300, "options": {"expires": 300}},
}
CELERY_TIMEZONE = "Europe/Warsaw"
CELERY_TASK_DEFAULT_QUEUE = "default"
CELERY_TASK_QUEUES = [Queue("default"), Queue("mail")]
CELERY_TASK_CREATE_MISSING_QUEUES = True
# Codes of the centres whose queues this worker serves, by comma; empty means every centre.
WORKER_CENTRES = words("WORKER_CENTRES")

# --- People --------------------------------------------------------------------------------------

AUTH_USER_MODEL = "accounts.User"
AUTHENTICATION_BACKENDS = [
    "django.contrib.auth.backends.ModelBackend",
    "allauth.account.auth_backends.AuthenticationBackend",
]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
    {"NAME": "django.contrib.auth.password_validation.MinimumLengthValidator"},
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
]
LOGIN_URL = "account_login"
LOGIN_REDIRECT_URL = "/"
ACCOUNT_USER_MODEL_USERNAME_FIELD = None
ACCOUNT_LOGIN_METHODS = {"email"}
ACCOUNT_SIGNUP_FIELDS = ["email*", "password1*"]
ACCOUNT_EMAIL_VERIFICATION = "optional"
ACCOUNT_RATE_LIMITS = {"login": "30/m/ip", "login_failed": "10/m/ip,5/5m/key"}
MFA_SUPPORTED_TYPES = ["totp", "recovery_codes"]

UNFOLD = {
    "SITE_TITLE": "Spichlerz",
    "SITE_HEADER": "Spichlerz",
    "SITE_SUBHEADER": _("dane podstawowe"),
    "SITE_URL": "/",
    "COLORS": {
        "primary": {
            "50": "#F1F6F1", "100": "#E4F0E2", "200": "#C6DEC6", "300": "#A9D8B1", "400": "#8CC596", "500": "#4F8A5B",
            "600": "#2F5D3A", "700": "#234A2D", "800": "#1C3B24", "900": "#162E1C", "950": "#10230F",
        },
    },
}  # fmt: skip

# --- Language and time ---------------------------------------------------------------------------

LANGUAGE_CODE = "pl"
LANGUAGES = [("pl", _("polski")), ("en", _("angielski"))]
# Our own texts, then what libraries leave in English; makemessages writes to the first.
LOCALE_PATHS = [BASE_DIR / "marketplace" / "locale", BASE_DIR / "marketplace" / "locale_libraries"]
TIME_ZONE = "Europe/Warsaw"
USE_TZ = True
USE_I18N = True
USE_THOUSAND_SEPARATOR = False

# --- Files ---------------------------------------------------------------------------------------

STATIC_URL = "/static/"
STATIC_ROOT = BASE_DIR / "staticfiles"
STATICFILES_DIRS = [BASE_DIR / "marketplace" / "static"]
MEDIA_URL = "/media/"
MEDIA_ROOT = Path(os.environ.get("MEDIA_ROOT", BASE_DIR / "media"))
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}
# What is packed already, and source maps, which only an open debugger asks for.
WHITENOISE_SKIP_COMPRESS_EXTENSIONS = [
    *("jpg", "jpeg", "png", "gif", "webp", "avif", "zip", "gz", "br", "woff", "woff2", "map"),
]
PICTURE_MAX_BYTES = 8 * 1024 * 1024
# The first refuses what is too big before a byte of it is kept.
FILE_UPLOAD_HANDLERS = [
    "marketplace.kernel.uploads.SizeLimit",
    "django.core.files.uploadhandler.MemoryFileUploadHandler",
    "django.core.files.uploadhandler.TemporaryFileUploadHandler",
]
DATA_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024

# --- Mail ----------------------------------------------------------------------------------------

EMAIL_BACKEND = os.environ.get("EMAIL_BACKEND", "django.core.mail.backends.console.EmailBackend")
EMAIL_FILE_PATH = os.environ.get("EMAIL_FILE_PATH") or None
EMAIL_HOST = os.environ.get("EMAIL_HOST", "localhost")
EMAIL_PORT = number("EMAIL_PORT", 25)
EMAIL_HOST_USER = os.environ.get("EMAIL_HOST_USER", "")
EMAIL_HOST_PASSWORD = os.environ.get("EMAIL_HOST_PASSWORD", "")
EMAIL_USE_TLS = flag("EMAIL_USE_TLS")
EMAIL_TIMEOUT = 10
DEFAULT_FROM_EMAIL = os.environ.get("DEFAULT_FROM_EMAIL", "Spichlerz <zamowienia@spichlerz.example>")

# --- API -----------------------------------------------------------------------------------------

REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [
        "knox.auth.TokenAuthentication",  # first, so that a guest is answered 401
        "rest_framework.authentication.SessionAuthentication",
    ],
    "DEFAULT_PERMISSION_CLASSES": ["rest_framework.permissions.AllowAny"],
    "DEFAULT_RENDERER_CLASSES": ["rest_framework.renderers.JSONRenderer"],
    "DEFAULT_PARSER_CLASSES": ["rest_framework.parsers.JSONParser"],
    "DEFAULT_FILTER_BACKENDS": ["django_filters.rest_framework.DjangoFilterBackend"],
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
    "EXCEPTION_HANDLER": "marketplace.kernel.api.problem",
    "DEFAULT_THROTTLE_CLASSES": ["marketplace.kernel.throttles.PoliteThrottle"],
    "NUM_PROXIES": 1 if BEHIND_PROXY else 0,
    "DEFAULT_THROTTLE_RATES": {"search": "120/min", "basket": "60/min", "sign_in": "10/min"},
    "COERCE_DECIMAL_TO_STRING": True,
    "UNAUTHENTICATED_USER": "django.contrib.auth.models.AnonymousUser",
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Spichlerz API",
    "VERSION": "1",
    "DESCRIPTION": "Everything a screen does: browse, order, list, receive, pick, hand out.",
    "SERVE_INCLUDE_SCHEMA": False,
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "REDOC_DIST": "SIDECAR",
    "SCHEMA_PATH_PREFIX": "/api/v1",
    "ENUM_NAME_OVERRIDES": {"TemperatureEnum": "marketplace.kernel.units.Temperature"},
}
REST_KNOX = {"TOKEN_TTL": None, "AUTH_HEADER_PREFIX": "Token"}

# --- Rules of the market, see docs/adr ------------------------------------------------------------

# Crates: the cluster's own number from GS1 Polska goes into their SSCC (590999 is the demo's), and what a producer
# owes for one until it is back, in grosze.
GS1_COMPANY_PREFIX = os.environ.get("GS1_COMPANY_PREFIX", "590999")
CRATE_DEPOSIT = number("CRATE_DEPOSIT", 2000)
UNPAID_ORDERS_PER_EMAIL = number("UNPAID_ORDERS_PER_EMAIL", 3)
UNPAID_ORDERS_PER_ADDRESS = number("UNPAID_ORDERS_PER_ADDRESS", 10)
GUEST_CONFIRMATION_ABOVE = number("GUEST_CONFIRMATION_ABOVE", 300)  # zł
GUEST_CONFIRMATION_MINUTES = number("GUEST_CONFIRMATION_MINUTES", 30)
BANK_TRANSFER_WORKING_DAYS = number("BANK_TRANSFER_WORKING_DAYS", 2)
# Where transfers go: the account of the sellers' agent, as printed on a transfer form.
SELLERS_AGENT_ACCOUNT = os.environ.get("SELLERS_AGENT_ACCOUNT", "00 0000 0000 0000 0000 0000 0000")
SELLERS_AGENT_NAME = os.environ.get("SELLERS_AGENT_NAME", "Spichlerz – przedstawiciel sprzedawców")
# Requests a minute of one person or address, on pages.
PAGE_LIMITS = {"search": 120, "basket": 60, "checkout": 20, "sign_in": 20}
TASK_LEASE_MINUTES = number("TASK_LEASE_MINUTES", 15)
# A place is counted again when a lot differs by more than this.
COUNT_TOLERANCE_UNITS = number("COUNT_TOLERANCE_UNITS", 2)
COUNT_TOLERANCE_GRAMS = number("COUNT_TOLERANCE_GRAMS", 500)
# Warsaw hours at which each zone is measured; a reading counts for an hour when it is at most one away.
READING_HOURS = [int(hour) for hour in words("READING_HOURS", "7,12,17")]
DONATE_DAYS_BEFORE = number("DONATE_DAYS_BEFORE", 2)
TERMS_VERSION = "2026-11-01"

# --- Security ------------------------------------------------------------------------------------

SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
CSRF_COOKIE_HTTPONLY = True
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = HTTPS
SECURE_SSL_REDIRECT = HTTPS
SECURE_REDIRECT_EXEMPT = [r"^health/"]
SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https") if BEHIND_PROXY else None
SECURE_HSTS_SECONDS = 31_536_000 if HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = SECURE_HSTS_PRELOAD = HTTPS
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "filters": {"request": {"()": "marketplace.kernel.logs.RequestFilter"}},
    "formatters": {
        "json": {"()": "marketplace.kernel.logs.JsonFormatter"},
        "plain": {"format": "%(levelname)s %(name)s %(message)s"},
    },
    "handlers": {
        "console": {
            "class": "logging.StreamHandler",
            "formatter": os.environ.get("LOG_FORMAT", "json"),
            "filters": ["request"],
        }
    },
    "root": {"handlers": ["console"], "level": os.environ.get("LOG_LEVEL", "INFO")},
    "loggers": {"django.server": {"handlers": ["console"], "propagate": False}},
}
