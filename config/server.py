"""Run the server: `python -m config.server`, as `make run` and docs/deploy.md do.

docs/adr/0010 explains why it is uvicorn, with pages in threads.
"""

import os
import resource
import sys
from typing import Any

import uvicorn

from config.protocol import Protocol

OPTIONS: dict[str, Any] = {
    "host": "127.0.0.1",
    "log_level": "warning",
    "access_log": False,
    "server_header": False,
    # The settings decide with TRUST_PROXY whether to trust the proxy's headers.
    "proxy_headers": False,
    "lifespan": "on",
    "http": Protocol,
    "ws": "none",
    # Seconds. Streams end at once; this is for a hanging page.
    "timeout_graceful_shutdown": 3,
}


def allow_many_connections() -> None:
    """Raise the limit of open files, often 1,024, to the maximum: each stream needs one."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))


def main(application: str = "config.asgi:application") -> None:
    """Run the server until it is stopped."""
    allow_many_connections()
    port = int(os.environ.get("PORT", "8000"))
    # More processes help on PostgreSQL only: SQLite has one writer at a time.
    workers = int(os.environ.get("WEB_CONCURRENCY", "1"))
    uvicorn.run(application, port=port, workers=workers, **OPTIONS)


if __name__ == "__main__":
    main(*sys.argv[1:])
