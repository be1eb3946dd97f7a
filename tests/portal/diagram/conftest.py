"""The procedures that are drawn."""

from collections.abc import Iterator

import pytest

from portal.diagram import draw as diagram
from portal.diagram import places as diagram_places
from statemachines.nouns import PROCEDURES
from statemachines.procedure import Procedure


@pytest.fixture(params=["by hand", "in layers"])
def procedure(
    request: pytest.FixtureRequest, noun: str, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Procedure]:
    """A procedure, drawn on its grid and as if it had none."""
    if request.param == "in layers":
        monkeypatch.setattr(diagram_places, "BY_HAND", {})
    diagram._geometry.cache_clear()
    yield PROCEDURES[noun]
    diagram._geometry.cache_clear()
