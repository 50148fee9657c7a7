"""Run all benchmarks, or those named: `python -m bench [NAME ...]`."""

import subprocess
import sys
from importlib import import_module

NAMES = ("board", "actions", "api", "availability", "room_plan", "live", "relay", "slow_clients")

names = sys.argv[1:] or NAMES
for name in names:
    if name not in NAMES:
        sys.exit(f"Unknown benchmark “{name}”. Choose from {', '.join(NAMES)}.")
if len(names) == 1:
    import_module(f"bench.{names[0]}").main()
else:
    # Each in a process of its own: a process can set Django up for one database only.
    for name in names:
        print(f"== {name}", flush=True)
        subprocess.run([sys.executable, "-m", "bench", name], check=True)
