"""Decisions that wait for signatures are bound to their row as it stood, and to what was read."""

import json
from typing import Any

import pytest

from guapai.errors import (
    Overtaken,
    Refused,
)
from statemachines.noted import Parked
from storage import pending
from storage.database.work import unit_of_work
from tests.actions.act.signing import OTHER, VISIT, R, Signing
from tests.actions.conftest import SHUT


def test_what_a_related_move_outran_has_lapsed_and_is_filled_in_anew(signing: Signing) -> None:
    signing.park()
    assert signing.waits_for(R.legal_reviewer) == ["propose_shutdown"]
    _, version = signing.found()
    signing.defer()
    assert signing.found() == ("rectifying", version + 1)
    assert signing.parked() == ["dropped"]
    assert signing.waits_for(R.legal_reviewer) == []
    with pytest.raises(Refused, match=r"案件情况已变化.*“提请关闭”已失效，请重新填写内容"):
        signing.sign()
    with pytest.raises(Overtaken, match=r"已于.*办理.*原等待签署的内容已失效，请重新填写内容"):
        signing.sign(seen_version=version)
    first = signing.act(R.legal_reviewer, "propose_shutdown", SHUT, signing.case)
    assert (first.missing, first.state) == (1, "rectifying")
    assert signing.waits_for(R.department_head) == ["propose_shutdown"]
    assert signing.sign(R.department_head).state == "shutdown_proposed"
    assert signing.parked() == ["dropped", "performed"]
    signing.holds()


@pytest.mark.parametrize("facts", [SHUT, OTHER], ids=["the same facts", "other facts"])
def test_an_old_signature_never_performs_what_is_filled_in_anew(
    signing: Signing, facts: dict[str, Any]
) -> None:
    signing.park()
    signing.defer()
    done = signing.act(R.legal_reviewer, "propose_shutdown", facts, signing.case)
    assert (done.missing, done.state) == (1, "rectifying")
    with pytest.raises(Refused, match="已经签署，须由另一人签署"):
        signing.act(R.legal_reviewer, "propose_shutdown", facts, signing.case)
    assert signing.found()[0] == "rectifying"
    signing.holds()


def test_a_move_of_the_row_itself_ends_what_waits(signing: Signing) -> None:
    signing.park()
    signing.act(R.inspector, "record_visit", VISIT, signing.case)
    assert (signing.parked(), signing.waits_for(R.legal_reviewer)) == (["dropped"], [])
    with pytest.raises(Refused, match="已失效"):
        signing.sign()
    assert signing.park().missing == 1
    signing.holds()


def test_nobody_signs_or_refuses_what_they_have_not_read(signing: Signing) -> None:
    signing.park()
    read = signing.last_parked()
    signing.end(Parked.withdraw, R.department_head)
    signing.park(OTHER)
    _, version = signing.found()
    with pytest.raises(Overtaken, match="已换成另一份内容"):
        signing.sign(seen_version=version, seen_parked=read)
    with pytest.raises(Overtaken, match="已换成另一份内容"):
        signing.end(Parked.refuse, R.legal_reviewer, seen_version=version, seen_parked=read)
    done = signing.sign(seen_version=version, seen_parked=signing.last_parked())
    assert done.state == "shutdown_proposed"


def test_what_breaks_the_limits_of_today_is_refused_and_filled_in_anew(signing: Signing) -> None:
    signing.park()
    old = json.dumps({**SHUT, "reason": "长" * 100_000}, ensure_ascii=False)
    with unit_of_work(signing.office.engine, signing.office.clock) as work:
        work.update(pending.TABLE, {"id": signing.last_parked()}, {"facts": old})
    with pytest.raises(Refused, match="不符合现行填写要求，请退回或撤回后重新填写内容"):
        signing.sign()
    signing.end(Parked.refuse, R.legal_reviewer)
    assert signing.park().missing == 1
    assert signing.sign().state == "shutdown_proposed"
