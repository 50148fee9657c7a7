import pytest
from django.contrib.auth import get_user_model


@pytest.fixture
def superuser(db):
    """Somebody who sets hotels up and works in none."""
    return get_user_model().objects.create_superuser("root")


@pytest.fixture
def root(superuser, sign_in):
    """The admin, as a superuser sees it."""
    return sign_in(superuser)
