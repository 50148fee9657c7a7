import pytest

from portal.api import rate_limit


@pytest.fixture(autouse=True)
def no_requests_counted():
    """Forget how many requests a token made: a rolled-back test gives its pk to the next."""
    rate_limit._limiter.storage.reset()
