import signal
import threading
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from portal.live import pusher


class Command(BaseCommand):
    help = (
        "Tells Pusher what changes in the hotels, until it is stopped. One relay works at a time; "
        "another one waits for its turn."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        """Follow the logs until SIGTERM or Ctrl-C; raises CommandError without Pusher."""
        if not pusher.configured():
            raise CommandError("Pusher is not configured, so there is nothing to relay.")
        # Imported here: its libraries take as long to load as the rest of a command.
        from portal.live import relay

        stop = threading.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: stop.set())
        with relay.only_one(stop):
            relay.follow(stop)
