"""Set-up and records for superusers, at /admin/."""

from portal.setup import admin, records, rooms_admin

__all__ = ["admin", "records", "rooms_admin"]
