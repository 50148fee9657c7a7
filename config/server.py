"""How the server runs, for `make run` and docs/deploy.md: `python -m config.server`.

docs/adr/0010 says why it is uvicorn, with the pages in threads beside the streams.
"""

import os
import resource
import sys
from typing import Any

import uvicorn

OPTIONS: dict[str, Any] = {
    "host": "127.0.0.1",
    "log_level": "warning",
    "access_log": False,
    "server_header": False,
    # Whose word counts for the address and the protocol is TRUST_PROXY's to say (settings).
    "proxy_headers": False,
    "lifespan": "on",
    "ws": "none",
    # Streams end at once; this is for a page that hangs.
    "timeout_graceful_shutdown": 3,
}


def allow_many_connections() -> None:
    """Raise the limit of open files, often 1,024, to what the system grants: a stream is one."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))


def main(application: str = "config.asgi:application") -> None:
    """Serve until told to stop."""
    allow_many_connections()
    port = int(os.environ.get("PORT", "8000"))
    # One process unless WEB_CONCURRENCY says otherwise, which suits PostgreSQL: on SQLite one
    # writer works at a time, and a second process only makes it wait in another place.
    workers = int(os.environ.get("WEB_CONCURRENCY", "1"))
    uvicorn.run(application, port=port, workers=workers, **OPTIONS)


if __name__ == "__main__":
    main(*sys.argv[1:])
