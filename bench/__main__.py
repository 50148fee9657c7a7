"""Run all benchmarks, or those named: `python -m bench [NAME ...]`."""

import sys
from importlib import import_module

NAMES = ("board", "actions", "api", "live", "relay", "slow_clients")

for name in sys.argv[1:] or NAMES:
    if name not in NAMES:
        sys.exit(f"Unknown benchmark “{name}”. Choose from {', '.join(NAMES)}.")
    import_module(f"bench.{name}").main()
