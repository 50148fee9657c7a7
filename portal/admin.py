"""Set-up and records for superusers, at /admin/."""

from portal.setup import admin, rooms_admin

__all__ = ["admin", "rooms_admin"]
