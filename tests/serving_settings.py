"""The settings of a server in a process of its own: static files as they are written."""

import os

from config.settings import *  # noqa: F403
from config.settings import DATABASES, STORAGES

STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
WHITENOISE_USE_FINDERS = True
# A page that waits for SQLite's lock hangs for longer than any test waits, unless one sets this.
if "LOCK_TIMEOUT_SECONDS" not in os.environ and "timeout" in DATABASES["default"]["OPTIONS"]:
    DATABASES["default"]["OPTIONS"]["timeout"] = 600
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
