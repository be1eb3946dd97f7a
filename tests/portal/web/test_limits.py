"""What is too much is refused at the edge; what lies in history already cannot break its page."""

import json
import tracemalloc
from types import SimpleNamespace
from typing import Any

import pytest

from actions.listing_notice import _kinds
from guapai.people import Role
from guapai.text import Joined, Said
from portal.casefile import MOST_CARDS, cards
from portal.form.pairs import MOST, latest, pairs
from portal.web.endpoint import MOST_FIELDS
from portal.web.language import translator
from portal.words.field import fields_of
from portal.words.wording import MOST_SHOWN, facts_said
from statemachines.deferral import DeferralState
from statemachines.facts import MOST_FILES, MOST_LINES
from statemachines.hazard.intake import Verify
from statemachines.nouns import PROCEDURES
from storage import hazard as hazards
from storage.database.work import unit_of_work
from storage.history import event as events
from tests.portal.town import Town

MANY = 20_000


def test_a_form_of_140000_lines_is_refused_beside_its_field(town: Town) -> None:
    case, who = town.cases["reported"], town.who(Role.division_chief)
    form = {"token": town.token(who), "key": "k", "version": "1", "tasks": "改造"}
    address = f"/cases/{case}/hazard/{case}/propose_listing"
    with town.visitor(who) as client:
        assert f"每行填写一项，最多{MOST_LINES}项" in client.get(address).text
        lines = "\n".join(f"{n:06}" for n in range(140_000))
        typed = {name: (None, text) for name, text in {**form, "violations": lines}.items()}
        got = client.post(address, files=typed)
        assert got.status_code == 422
        assert f"最多{MOST_LINES}项，请删减" in got.text
        assert "139999" in got.text  # what was typed is still there
    assert _state(town, case) == "reported"


def test_a_form_says_how_many_files_it_takes(town: Town) -> None:
    case = town.cases["lead"]
    with town.visitor(town.who(Role.inspector)) as client:
        assert f"最多{MOST_FILES}项。" in client.get(f"/cases/{case}/hazard/{case}/verify").text


def _state(town: Town, case: int) -> str:
    with unit_of_work(town.office.engine, town.office.clock, write=False) as work:
        found = hazards.get(work, case)
        assert found is not None
        return found.state.value


def test_a_form_has_room_for_all_the_files_it_may_bring() -> None:
    parts = 7
    for procedure in PROCEDURES.values():
        for move in procedure.moves:
            found = fields_of(move.facts)
            files = sum(f.kind == "evidence" for f in found)
            cells = sum((f.most or 0) * len(f.columns) for f in found)
            assert files * MOST_FILES * parts + cells + len(found) + 10 <= MOST_FIELDS


def _grown(town: Town, case: int, many: int) -> None:
    """An event as it was written before lists had an end."""
    with unit_of_work(town.office.engine, town.office.clock) as work:
        found = [e for e in events.of_case(work, case) if e.move == "verify"]
        values = found[0].model_dump()
        leaf = json.loads(values["leaf"])
        leaf["facts"] |= {"officers": [f"示例{n}" for n in range(many)]}
        values |= {"id": work.take_id(), "leaf": json.dumps(leaf, ensure_ascii=False)}
        work.insert(events.TABLE, values)
        clauses = "\n".join(f"第{n}条" for n in range(many))
        work.update(hazards.TABLE, {"id": case}, {"clauses": clauses})


@pytest.mark.parametrize("language", ["zh", "en"])
def test_old_history_renders_in_a_page_of_ordinary_size(town: Town, language: str) -> None:
    small, large = town.cases["grading"], town.cases["general"]
    _grown(town, small, MOST_LINES)
    _grown(town, large, MANY)
    with town.visitor(town.who(Role.inspector)) as client:
        client.cookies.set("guapai-language", language)
        pages = [client.get(f"/cases/{case}") for case in (small, large)]
    assert [page.status_code for page in pages] == [200, 200]
    little, much = (len(page.content) for page in pages)
    assert much < little + 20_000  # twice ten more names, and what another case has
    said = f"等{MANY}项" if language == "zh" else f"and others ({MANY} in all)"
    assert pages[1].text.count(said) == 2
    assert "示例0" in pages[1].text
    assert f"示例{MANY - 1}" not in pages[1].text


@pytest.mark.parametrize("language", ["zh", "en"])
def test_what_many_items_cost_does_not_grow_with_them(language: str) -> None:
    def peak(many: int) -> int:
        facts = {"finding": "属实", "officers": [f"示例{n}" for n in range(many)]}
        translate = translator(language)
        facts_said(Verify, facts)
        tracemalloc.start()
        said = dict(facts_said(Verify, facts))
        translate(said["执法人员"])
        found = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return found

    assert peak(MANY) < 3 * peak(MOST_SHOWN) + 10_000


def test_texts_in_a_row_lie_side_by_side() -> None:
    parts = [Said("无"), *(str(n) for n in range(MANY))]
    row = Joined("%(before)s、%(next)s", parts)
    assert row == "、".join(parts)
    assert translator("en")(row) == ", ".join(["None", *parts[1:]])


def test_a_paper_names_as_many_clauses_as_a_form_takes() -> None:
    assert _kinds("甲\n乙") == ("甲", "乙")
    assert _kinds("") == ()
    printed = _kinds("\n".join(f"第{n}条" for n in range(MANY)))
    assert len(printed) == MOST_LINES + 1
    assert printed[-1] == f"等{MANY}项"


def _file(nth: int, supersedes: int | None = None) -> dict[str, Any]:
    plain = {"point": "", "kind": "document", "media_type": "image/jpeg"}
    return {**plain, "id": nth, "supersedes": supersedes}


def test_files_stand_on_pages_and_none_is_lost() -> None:
    all_of_them = [_file(n, 1 if n == 3 * MOST else None) for n in range(1, 3 * MOST + 8)]
    seen: list[int] = []
    until: int | None = 2**63 - 1
    while until is not None:
        shown, until = latest(all_of_them, until)
        assert len(shown) <= MOST
        for pair in pairs(all_of_them, shown):
            seen += [x["id"] for x in (*pair.document, *pair.superseded)]
            assert [x["id"] for x in pair.superseded] in ([], [1])
    assert sorted(seen) == [f["id"] for f in all_of_them]
    assert latest([], 5) == ([], None)


def test_the_cards_of_what_has_ended_are_few() -> None:
    def row(nth: int) -> SimpleNamespace:
        state = DeferralState.applied if nth == 0 else DeferralState.withdrawn
        texts = dict.fromkeys(("asked_deadline", "reason", "interim_measures"), "一")
        return SimpleNamespace(
            id=nth, state=state, late=False, ordinal=1, deadline=None, decided_at=None, **texts
        )

    case: Any = SimpleNamespace(rows={"deferral": [row(n) for n in range(200)]})
    assert [c["id"] for c in cards(case)] == [0, *range(200 - MOST_CARDS, 200)]
