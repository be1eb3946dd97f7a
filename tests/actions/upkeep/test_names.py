"""A name that is neither of today nor retired stops the start, and is shown by the doctor."""

from pathlib import Path

import pytest

from actions.upkeep.diagnosis import Installation, diagnose
from flows.ground import build_office
from guapai.errors import Unready
from guapai.settings import Settings
from statemachines.nouns import DUTIES
from storage.schema.schema import require_newest
from tests.actions.conftest import Office


def test_a_duty_whose_kind_nobody_knows_is_no_users_to_find(
    office: Office, url: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    office.lead()
    require_newest(office.engine)
    monkeypatch.delitem(DUTIES, "verify_lead")
    with pytest.raises(Unready, match=r"kind of duty 'verify_lead' that this program"):
        require_newest(office.engine)
    settings = Settings(database_url=url, files=tmp_path)
    looked = diagnose(Installation(settings, office.clock, lambda: build_office(settings)))
    found = {c.name: c for c in looked}["duties"]
    assert (found.state, "verify_lead" in found.found) == ("fault", True)
