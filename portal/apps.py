from importlib import import_module

from django.apps import AppConfig


class PortalConfig(AppConfig):
    name = "portal"

    def ready(self) -> None:
        """Register the check of the settings for Pusher, which no model or URL imports."""
        import_module("portal.live.pusher")
