"""Readyroom's server with the benchmarks' views: `python -m bench.asgi`."""

from bench.wsgi import application as pages
from config import server
from portal.live.gateway import Gateway

application = Gateway(pages)

if __name__ == "__main__":
    # Clients that wait for their turn must stay connected.
    server.OPTIONS["timeout_keep_alive"] = 120
    server.main("bench.asgi:application")
