"""What the yardsticks answer with: a board's compressed bytes by hotel, learnt in the run."""

pages: dict[str, bytes] = {}
