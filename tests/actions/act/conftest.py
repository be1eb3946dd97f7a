"""A decision that waits for its signatures."""

import pytest

from tests.actions.act.signing import Signing
from tests.actions.conftest import Office


@pytest.fixture
def signing(office: Office) -> Signing:
    """On both databases, not parked yet."""
    return Signing(office)
