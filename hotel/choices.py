"""The hotel's enumerations: who works there, and what counts as ready tonight."""

from django.db.models import TextChoices
from django.utils.text import get_text_list
from django.utils.translation import gettext as _


class Role(TextChoices):
    """What a member of staff does; rights hang on it, never on the person."""

    HOUSEKEEPER = "HOUSEKEEPER", "Housekeeper"
    SUPERVISOR = "SUPERVISOR", "Supervisor"
    MAINTENANCE = "MAINTENANCE", "Maintenance"
    FRONT_DESK = "FRONT_DESK", "Front desk"
    MANAGER = "MANAGER", "Manager"


EVERYONE = frozenset(Role)
DESK = frozenset({Role.FRONT_DESK, Role.MANAGER})
CLEANERS = frozenset({Role.HOUSEKEEPER, Role.SUPERVISOR, Role.MANAGER})
INSPECTORS = frozenset({Role.SUPERVISOR, Role.MANAGER})
REPAIRERS = frozenset({Role.MAINTENANCE, Role.MANAGER})


def names(roles: frozenset[Role]) -> str:
    """Return roles as a phrase: “front desk or manager”."""
    return get_text_list([role.label.lower() for role in Role if role in roles], _("or"))


class ReadinessPolicy(TextChoices):
    """For which nights a room must be ready now before it may be sold (design §4)."""

    TONIGHT = "TONIGHT", "Tonight only: a room on its way to ready is not counted for tonight"
    EVERY_NIGHT = "EVERY_NIGHT", "Every night: only rooms that are ready now are sold"
    NEVER = "NEVER", "Never: a room on its way to ready counts for tonight too"
