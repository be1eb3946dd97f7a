"""Who looks after incidents, and the letters they are about."""

import pytest

from guapai.people import Role
from tests.actions.administrator import Administrator
from tests.actions.conftest import Office


@pytest.fixture
def admin(office: Office) -> Administrator:
    """Somebody who operates the system."""
    return Administrator(office)


@pytest.fixture
def case(office: Office) -> int:
    """A case with two letters, to the head and the safety officer of a firm."""
    found = office.grading()
    office.act(Role.inspector, "grade_general", {"reason": "一般"}, found)
    return found
