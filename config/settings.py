"""Django settings. Environment variables change them; docs/deploy.md lists these."""

import os
import secrets
import tempfile
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from typing import Any

import environ
from csp.constants import NONE, SELF
from django.http import HttpRequest

BASE_DIR = Path(__file__).resolve().parent.parent

env = environ.Env()

# Everything that an installation writes: the database, the secret key, collected static files.
VAR_DIR = Path(env.str("VAR_DIR", default=str(BASE_DIR / "var")))
VAR_DIR.mkdir(parents=True, exist_ok=True)


def own_secret_key(path: Path) -> str:
    """Return this installation's secret key, which is created on first use."""
    if not path.exists():
        # Write the whole key to another file (mode 600), then link it. If two processes start at
        # the same time, one link wins, and both read the same complete key.
        with tempfile.NamedTemporaryFile("w", dir=path.parent) as draft:
            draft.write(secrets.token_urlsafe(50))
            draft.flush()
            with suppress(FileExistsError):
                os.link(draft.name, path)
    return path.read_text()


def proxied_address(request: HttpRequest) -> str:
    """Return the client's address as the proxy sent it."""
    address: str = request.META.get("HTTP_X_REAL_IP") or request.META["REMOTE_ADDR"]
    return address


SECRET_KEY = env.str("SECRET_KEY", default="") or own_secret_key(VAR_DIR / "secret-key")
DEBUG = env.bool("DEBUG", default=False)
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", default=["localhost", "127.0.0.1", "[::1]"])
CSRF_TRUSTED_ORIGINS = env.list("CSRF_TRUSTED_ORIGINS", default=[])

INSTALLED_APPS = [
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django_htmx",
    "django_tables2",
    "django_filters",
    "crispy_forms",
    "crispy_bootstrap5",
    "axes",
    "csp",
    "ninja",
    "hotel",
    "rooms",
    "stays",
    "simulation",
    "portal",
]

MIDDLEWARE = [
    "portal.api.errors.JsonErrorsMiddleware",
    "portal.errors.not_begun_late",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.middleware.gzip.GZipMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "portal.access.SlashMiddleware",
    # Before the first middleware that reads the form.
    "portal.errors.utf8_forms_only",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "portal.access.SignInRequiredMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "csp.middleware.CSPMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
    "portal.access.HotelMiddleware",
    # Must be last, as axes requires: it replaces the response to a locked-out sign-in.
    "axes.middleware.AxesMiddleware",
]

ROOT_URLCONF = "config.urls"
WSGI_APPLICATION = "config.wsgi.application"
ASGI_APPLICATION = "config.asgi.application"

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
                "portal.context.hotel",
            ],
        },
    },
]
CRISPY_ALLOWED_TEMPLATE_PACKS = "bootstrap5"
CRISPY_TEMPLATE_PACK = "bootstrap5"
DJANGO_TABLES2_TEMPLATE = "django_tables2/bootstrap5.html"

# No ATOMIC_REQUESTS: a change of a room is one short transaction of its own, so a page that
# only reads never holds the write lock.
_own_file = {"ENGINE": "django.db.backends.sqlite3", "NAME": VAR_DIR / "readyroom.sqlite3"}
_database: dict[str, Any] = (
    env.db("DATABASE_URL") if env.str("DATABASE_URL", default="") else _own_file
)
# How long a change waits for a lock before the answer is 503: see docs/adr/0014.
LOCK_TIMEOUT_SECONDS = env.float("LOCK_TIMEOUT_SECONDS", default=5)
if _database["ENGINE"] == _own_file["ENGINE"]:
    _database["ENGINE"] = "config.sqlite"
    # These four belong together: see docs/adr/0003-sqlite-durability.md.
    _database["OPTIONS"] = {
        "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL",
        "transaction_mode": "IMMEDIATE",
        "timeout": LOCK_TIMEOUT_SECONDS,
    }
    # The tests use a file too: an in-memory database has no WAL and no second connection.
    _database["TEST"] = {"NAME": str(VAR_DIR / "test.sqlite3")}
else:
    _given = _database.get("OPTIONS", {}).get("options", "")
    _milliseconds = int(LOCK_TIMEOUT_SECONDS * 1000)
    _database["OPTIONS"] = {
        **_database.get("OPTIONS", {}),
        "options": f"{_given} -c lock_timeout={_milliseconds}".lstrip(),
    }
# Keep connections open: opening SQLite and setting its pragmas takes as long as a page.
_database["CONN_MAX_AGE"] = 600
_database["CONN_HEALTH_CHECKS"] = True
DATABASES = {"default": _database}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

# axes comes first, to refuse a locked-out user before the password is checked.
AUTHENTICATION_BACKENDS = ["axes.backends.AxesStandaloneBackend", "portal.access.StaffBackend"]
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"django.contrib.auth.password_validation.{name}"}
    for name in (
        "UserAttributeSimilarityValidator",
        "MinimumLengthValidator",
        "CommonPasswordValidator",
        "NumericPasswordValidator",
    )
]
LOGIN_URL = "sign_in"
LOGIN_REDIRECT_URL = "home"
LOGOUT_REDIRECT_URL = "sign_in"

# Lock out the combination of user and address. A hotel's staff share one address, so the address
# alone would lock out a whole shift; the name alone would let anybody lock out a colleague.
AXES_LOCKOUT_PARAMETERS = [["username", "ip_address"]]
AXES_FAILURE_LIMIT = 5
AXES_COOLOFF_TIME = timedelta(minutes=15)
# A successful sign-in resets the count, so that typos do not add up over days.
AXES_RESET_ON_SUCCESS = True
# Do not log a line at every start. Failed sign-ins are still logged.
AXES_VERBOSE = False
AXES_LOCKOUT_TEMPLATE = "account/locked.html"

# One shift and its handover: staff share phones, so a session must not last for days.
SESSION_COOKIE_AGE = 12 * 60 * 60
SESSION_ENGINE = "portal.sessions"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
# The pages' scripts read this cookie to send the X-CSRFToken header.
CSRF_COOKIE_HTTPONLY = False
CSRF_FAILURE_VIEW = "portal.errors.csrf_failure"

HTTPS = env.bool("HTTPS", default=False)
SESSION_COOKIE_SECURE = HTTPS
CSRF_COOKIE_SECURE = HTTPS
SECURE_SSL_REDIRECT = HTTPS
SECURE_HSTS_SECONDS = 365 * 24 * 60 * 60 if HTTPS else 0
if env.bool("TRUST_PROXY", default=False):
    # Only safe behind a proxy that sets both headers itself. Otherwise clients could set them, and
    # choose the address that a lock-out counts for.
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
    AXES_CLIENT_IP_CALLABLE = proxied_address

# No page accepts files. One that is sent anyway must not be written to disk.
FILE_UPLOAD_HANDLERS = ["django.core.files.uploadhandler.MemoryFileUploadHandler"]
DATA_UPLOAD_MAX_MEMORY_SIZE = 512 * 1024

# Seconds between two heartbeats of a stream, at which its session is checked again.
LIVE_HEARTBEAT_SECONDS = env.float("LIVE_HEARTBEAT_SECONDS", default=20)

X_FRAME_OPTIONS = "DENY"
# Scripts and styles may come from our own files only, not from inside the page.
CONTENT_SECURITY_POLICY = {
    "DIRECTIVES": {
        "default-src": [SELF],
        "img-src": [SELF, "data:"],
        "style-src": [SELF],
        "script-src": [SELF],
        "object-src": [NONE],
        "base-uri": [SELF],
        "form-action": [SELF],
        "frame-ancestors": [NONE],
    },
}

# Live updates by Pusher, or any server that speaks its protocol. Set all of these or none
# (portal.live.pusher checks that). The content security policy must allow the socket.
PUSHER_APP_ID = env.str("PUSHER_APP_ID", default="")
PUSHER_KEY = env.str("PUSHER_KEY", default="")
PUSHER_SECRET = env.str("PUSHER_SECRET", default="")
PUSHER_CLUSTER = env.str("PUSHER_CLUSTER", default="")
PUSHER_HOST = env.str("PUSHER_HOST", default="")
PUSHER_SSL = env.bool("PUSHER_SSL", default=True)
PUSHER_PORT = env.int("PUSHER_PORT", default=443 if PUSHER_SSL else 80)
PUSHER_SOCKET = "{}://{}:{}".format(
    "wss" if PUSHER_SSL else "ws", PUSHER_HOST or f"ws-{PUSHER_CLUSTER}.pusher.com", PUSHER_PORT
)
if PUSHER_KEY:
    CONTENT_SECURITY_POLICY["DIRECTIVES"]["connect-src"] = [SELF, PUSHER_SOCKET]

LANGUAGE_CODE = "en"
TIME_ZONE = "UTC"
USE_TZ = True

STATIC_URL = "static/"
STATIC_ROOT = VAR_DIR / "static"
STATICFILES_DIRS = [BASE_DIR / "static"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "config.static_files.StaticFiles"},
}

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{asctime} {levelname} {name}: {message}", "style": "{"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    # axes records every sign-in in the database; log only the refused ones.
    "loggers": {"axes": {"level": "WARNING"}},
    "root": {"handlers": ["console"], "level": env.str("LOG_LEVEL", default="INFO")},
}
