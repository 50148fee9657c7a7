import pytest

from portal import tokens


@pytest.fixture(autouse=True)
def no_requests_counted():
    """Forget how many requests a token made: a rolled-back test gives its pk to the next."""
    tokens._limiter.storage.reset()
