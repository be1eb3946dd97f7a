"""The parley that the tests are about."""

import pytest
from tests.parley.parley import Parley

from tests.actions.conftest import Office, office

__all__ = ["office"]


@pytest.fixture
def parley(office: Office) -> Parley:
    return Parley(office)
