from importlib import import_module

from django.apps import AppConfig
from django.db.models.signals import pre_migrate


class PortalConfig(AppConfig):
    name = "portal"

    def ready(self) -> None:
        """Register the check of Pusher's settings, and a guard that can stop `migrate`."""
        import_module("portal.live.pusher")
        carry_over = import_module("portal.management.commands.carry_over")
        pre_migrate.connect(carry_over.refuse_to_migrate, sender=self)
