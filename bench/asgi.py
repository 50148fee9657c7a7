"""The product's server, around bench.wsgi: `python -m bench.asgi`."""

from bench.wsgi import application as pages
from config import server
from portal.live.gateway import Gateway

application = Gateway(pages)

if __name__ == "__main__":
    # Idle clients stay connected while the others have their turn.
    server.OPTIONS["timeout_keep_alive"] = 120
    server.main("bench.asgi:application")
