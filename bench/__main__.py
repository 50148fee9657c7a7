"""Run every measurement: `python -m bench [name …]`."""

import sys
from importlib import import_module

NAMES = ("board", "actions", "api", "live", "relay")

for name in sys.argv[1:] or NAMES:
    if name not in NAMES:
        sys.exit(f"There is no bench “{name}”: choose from {', '.join(NAMES)}.")
    import_module(f"bench.{name}").main()
