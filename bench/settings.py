"""Readyroom's settings, with the benchmarks' URLs added."""

from config.settings import *  # noqa: F403
from config.settings import LOGGING

ROOT_URLCONF = "bench.urls"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
# Slow clients are refused by the hundred: not a line for each.
LOGGING["loggers"]["django"] = {"level": "CRITICAL"}
