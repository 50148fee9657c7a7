"""Which pages each role sees, which one opens first, and the addresses of actions on rooms."""

from dataclasses import dataclass
from functools import lru_cache

from django.urls import reverse

from hotel.choices import DESK, EVERYONE, INSPECTORS, REPAIRERS, Role
from hotel.models import Staff
from rooms.choices import Action
from rooms.models import Room


@dataclass(frozen=True)
class Page:
    """A page in the navigation, and the roles that may open it."""

    name: str
    label: str
    icon: str
    roles: frozenset[Role]


READINESS = Page("readiness", "Readiness", "bell", DESK)
BOARD = Page("board", "Board", "kanban", EVERYONE)
ARRIVALS = Page("arrivals", "Arrivals", "door-open", DESK)
ROOMS = Page("rooms", "Rooms", "list", DESK | INSPECTORS | {Role.MAINTENANCE})
CLOSURES = Page("closures", "Closures", "door-closed", DESK | INSPECTORS | REPAIRERS)
STATISTICS = Page("statistics", "Statistics", "bar-chart", INSPECTORS)
# Shown in the account menu.
TOKENS = Page("tokens", "API tokens", "key", frozenset({Role.MANAGER}))
PAGES = (BOARD, READINESS, ARRIVALS, ROOMS, CLOSURES, STATISTICS)

FIRST_PAGE = {Role.FRONT_DESK: READINESS, Role.MANAGER: STATISTICS, Role.MAINTENANCE: ROOMS}
# What the first page opens on: for maintenance every open fault, the most urgent first.
FIRST_QUERY = {Role.MAINTENANCE: "?priority=any&sort=maintenance_priority"}


def pages_of(staff: Staff) -> list[Page]:
    """Return the pages that this person may open, in order."""
    return [page for page in PAGES if staff.role in page.roles]


def account_pages_of(staff: Staff) -> list[Page]:
    """Return the pages in this person's account menu."""
    return [page for page in (TOKENS,) if staff.role in page.roles]


def first_page_url(staff: Staff) -> str:
    """Return the URL of the page that opens after this person signs in."""
    role = Role(staff.role)
    url = reverse(FIRST_PAGE.get(role, BOARD).name, args=[staff.hotel.slug])
    return url + FIRST_QUERY.get(role, "")


def action_url(room: Room, action: Action) -> str:
    """Return the address of an action on a room: GET shows its form, POST does it."""
    return _kept_url("room_action", room.hotel.slug, room.number, action.value.replace("_", "-"))


def room_url(room: Room) -> str:
    """Return the address of the room's page."""
    return _kept_url("room", room.hotel.slug, room.number)


@lru_cache(maxsize=20_000)
def _kept_url(name: str, *args: str) -> str:
    # A card has up to ten addresses, and to find one takes longer than to draw it.
    return reverse(name, args=args)
