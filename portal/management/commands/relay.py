import signal
import threading
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from portal.live import pusher


class Command(BaseCommand):
    help = (
        "Sends the hotels' changes to Pusher until it is stopped. Only one relay runs at a time; a "
        "second one waits."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        """Run the relay until SIGTERM or Ctrl-C; raise CommandError if Pusher is not configured."""
        if not pusher.configured():
            raise CommandError("Pusher is not configured: set PUSHER_* as docs/deploy.md says.")
        # Imported here because its libraries take as long to load as the rest of the command.
        from portal.live import relay

        stop = threading.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: stop.set())
        with relay.only_one(stop):
            relay.follow(stop)
