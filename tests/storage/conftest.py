"""The founded city, for the tests of history."""

from tests.actions.conftest import office

__all__ = ["office"]
