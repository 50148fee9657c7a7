"""The boards that the baselines serve: compressed bytes by hotel slug."""

pages: dict[str, bytes] = {}
