"""How the server runs, for `make run` and docs/deploy.md. docs/adr/0002 says why threads."""

import os

bind = f"127.0.0.1:{os.environ.get('PORT', '8000')}"
worker_class = "gthread"
threads = 8
# One process unless WEB_CONCURRENCY says otherwise, which suits PostgreSQL: on SQLite one writer
# works at a time, and a second process only makes it wait in another place.
loglevel = "warning"
# Nobody steers the server through it, and it would write into the user's home folder.
control_socket_disable = True
