"""What the yardsticks answer with: a board's bytes (plain, gzip) by hotel, learnt in the run."""

pages: dict[str, tuple[bytes, bytes]] = {}
