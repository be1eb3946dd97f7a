"""Two decide on the account of one who rules or watches: one asks, another answers, the first acts."""

import json
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from actions.act.administration import NeedsSecond, by_actor
from actions.history.verification import verify
from actions.people import account, together
from actions.people.password import hashed
from guapai.errors import BadInput, Conflict, Missing, NotAllowed
from guapai.people import Actor, Role
from guapai.text import Said
from statemachines.noted import Administered
from storage import letter as letters
from storage.database.statement import Question
from storage.database.work import Work, unit_of_work
from storage.letter import Letter
from storage.people import asked
from storage.people import organisation as organisations
from storage.people import person as people
from storage.people.asked import LASTS, AskedState
from storage.people.organisation import OrganisationKind
from tests.actions.conftest import PLACE, Office
from tests.actions.people.test_administration import SINCE, _do, _entries, _holder

A = Administered


class Three:
    """Two who rule the accounts of a city, and an auditor there."""

    def __init__(self, office: Office) -> None:
        self.office = office
        self.one = _holder(office, Role.system_admin, "341500")
        self.other = _holder(office, Role.security_admin, "341500")
        self.auditor = _holder(office, Role.auditor, "341500")

    def do(self, act: Callable[[Work], Any]) -> Any:
        """Something in a transaction of its own, a minute later."""
        self.office.clock.advance(timedelta(minutes=1))
        return _do(self.office, act)

    def ask(self, what: Administered = A.password, reason: str = "遗忘密码") -> int:
        """Ask about the auditor."""
        return int(self.do(lambda w: together.ask(w, self.one, self._auditor(w), what, reason)))

    def answer(self, actor: Actor, found: int, said: Administered = A.agree) -> None:
        """Agree, or not."""
        self.do(lambda w: together.answer(w, actor, found, said))

    def give(self) -> None:
        """Give the auditor a first password, with whoever has agreed."""

        def act(work: Work) -> None:
            by = by_actor(work, self.one)
            by = together.joined_by(work, by, self._auditor(work), A.password)
            account.give_password(work, by, self._auditor(work), hashed("x"))

        self.do(act)

    def state(self, found: int) -> AskedState:
        """What became of a question."""
        row = self.do(lambda w: asked.get(w, found))
        assert row is not None
        return AskedState(row.state)

    def _auditor(self, work: Work) -> Any:
        return people.get(work, self.auditor.person_id or 0)


@pytest.fixture
def three(office: Office) -> Three:
    """Who takes part."""
    return Three(office)


def test_one_asks_another_agrees_and_the_first_one_acts_once(three: Three) -> None:
    with pytest.raises(NeedsSecond):
        three.give()
    found = three.ask()
    with pytest.raises(NeedsSecond):
        three.give()  # nobody has answered yet
    three.answer(three.other, found)
    assert three.state(found) == AskedState.agreed
    three.give()
    assert three.state(found) == AskedState.done
    with pytest.raises(NeedsSecond):
        three.give()  # an answer is good for one act
    entries = _entries(three.office)
    assert [e["move"] for e in entries] == ["ask", "agree", "password"]
    assert [e["person_id"] for e in entries] == [
        three.one.person_id,
        three.other.person_id,
        three.one.person_id,
    ]
    last = json.loads(entries[-1]["leaf"])
    assert last["notes"] == {"second": three.other.person_id}
    assert last["facts"]["reason"] == "遗忘密码"
    done = verify(three.office.engine, three.office.clock, three.office.files)
    assert {f.what for f in done.faults} <= {"late", "file"}


def test_who_declines_or_takes_it_back_ends_it(three: Three) -> None:
    first = three.ask(A.disable)
    three.answer(three.other, first, A.decline)
    assert three.state(first) == AskedState.declined
    second = three.ask(A.disable)
    three.do(lambda w: together.withdraw(w, three.one, second))
    assert three.state(second) == AskedState.withdrawn
    with pytest.raises(Conflict, match="已有结果"):
        three.answer(three.other, second)
    with pytest.raises(Conflict, match="已有结果"):
        three.do(lambda w: together.withdraw(w, three.one, second))
    moves = [e["move"] for e in _entries(three.office)]
    assert moves == ["ask", "decline", "ask", "withdraw"]


def test_nobody_answers_for_themselves_nor_without_a_post_nor_from_elsewhere(three: Three) -> None:
    found = three.ask()
    county = three.office.city.at("department", "341503")
    assert county is not None
    inspector = three.office.who(Role.inspector)
    stand_in = Actor(
        three.auditor.person_id, Role.security_admin, three.other.organisation_id, None, "替"
    )
    for who in (three.one, three.auditor, inspector, stand_in):
        with pytest.raises(NotAllowed):
            three.answer(who, found)
    assert three.state(found) == AskedState.open
    with pytest.raises(Missing):
        three.do(lambda w: together.withdraw(w, three.other, found))
    with pytest.raises(Missing):
        three.answer(three.other, 10**9)


def test_a_reason_is_asked_for_and_a_question_waits_but_once(three: Three) -> None:
    with pytest.raises(BadInput, match="请填写理由") as missing:
        three.ask(reason="  ")
    assert isinstance(missing.value.said, Said) and missing.value.said.field == "reason"
    with pytest.raises(BadInput, match="超过200字"):
        three.ask(reason="长" * 201)
    three.ask()
    with pytest.raises(Conflict, match="您已提请"):
        three.ask()
    three.ask(A.sign_out)  # about something else
    inspector = three.office.who(Role.inspector)
    with pytest.raises(Conflict, match="无须共同办理"):
        three.do(
            lambda w: together.ask(
                w, three.one, people.get(w, inspector.person_id or 0), A.password, "a"
            )
        )


def test_a_question_and_an_answer_lapse(three: Three) -> None:
    first = three.ask()
    three.office.clock.advance(LASTS)
    with pytest.raises(Conflict, match="已过期"):
        three.answer(three.other, first)
    assert three.do(asked.waiting) == []
    second = three.ask()
    three.answer(three.other, second)
    three.office.clock.advance(LASTS)
    with pytest.raises(NeedsSecond):
        three.give()
    assert three.state(second) == AskedState.agreed
    third = three.ask()
    three.answer(three.other, third)
    three.give()


def test_what_lapses_is_noted_and_told_to_who_asked(three: Three) -> None:
    first, second = three.ask(), three.ask(A.disable)
    three.answer(three.other, second)
    assert together.lapse(three.office.engine, three.office.clock) == 0
    three.office.clock.advance(LASTS + timedelta(minutes=1))
    assert together.lapse(three.office.engine, three.office.clock) == 2
    assert {three.state(first), three.state(second)} == {AskedState.lapsed}
    assert together.lapse(three.office.engine, three.office.clock) == 0
    entries = [e for e in _entries(three.office) if e["move"] == "lapse"]
    facts = [json.loads(e["leaf"])["facts"] for e in entries]
    assert [(f["what"], f["asked"], f["agreed"]) for f in facts] == [
        ("password", first, False),
        ("disable", second, True),
    ]
    assert {e["role"] for e in entries} == {"clock"}
    told = _letters(three, "together_lapsed")
    assert [(x.person_id, "期限内无人答复" in x.text) for x in told] == [
        (three.one.person_id, True),
        (three.one.person_id, False),
    ]
    done = verify(three.office.engine, three.office.clock, three.office.files)
    assert {f.what for f in done.faults} <= {"late", "file"}


def _letters(three: Three, kind: str) -> list[Letter]:
    found: list[Letter] = three.do(letters.every)
    return [x for x in found if x.kind == kind]


def _from_elsewhere(work: Work) -> Actor:
    """An auditor of another city."""
    kind = OrganisationKind.department
    where = organisations.add(work, kind=kind, name="示例外市局", place_code="340100")
    person = people.add(work, "示例外市审计员", "elsewhere@example.com")
    people.appoint(work, person, Role.auditor, where, SINCE)
    return Actor(person, Role.auditor, where, None, "示例外市审计员")


class TakenBack(Exception):
    """Ends a transaction, so that nothing of it is kept."""


def _may_answer(three: Three, actor: Actor, found: int) -> bool:
    """Whether an answer would be taken; nothing is written."""
    try:
        with unit_of_work(three.office.engine, three.office.clock) as work:
            together.answer(work, actor, found, A.decline)
            raise TakenBack
    except NotAllowed:
        return False
    except TakenBack:
        return True


def test_who_may_answer_sees_it_on_the_desk_and_is_written_to_nobody_else(three: Three) -> None:
    office = three.office
    county = _holder(office, Role.audit_admin, PLACE)
    elsewhere = three.do(_from_elsewhere)
    inspector = office.who(Role.inspector)
    everybody = (three.one, three.other, three.auditor, county, elsewhere, inspector)
    found = three.ask()
    may = {a.person_id for a in everybody if _may_answer(three, a, found)}
    assert may == {three.other.person_id, county.person_id}
    shown = {a.person_id for a in everybody if three.do(lambda w, a=a: together.answerable(w, a))}
    assert shown == may
    told = _letters(three, "together")
    assert may <= {x.person_id for x in told}
    assert not {x.person_id for x in told} & {
        a.person_id for a in everybody if a.person_id not in may
    }
    assert len({x.person_id for x in told}) == len(told) <= together.MOST_TOLD
    assert all("发放初始密码" in x.text and "遗忘密码" in x.text for x in told)
    assert three.state(found) == AskedState.open


def test_a_desk_asks_the_same_however_many_questions_wait(
    three: Three, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked_for: list[Question] = []
    real = Work.records

    def counting(self: Work, question: Question, **given: Any) -> Any:
        asked_for.append(question)
        return real(self, question, **given)

    counts = []
    for what in (A.password, A.disable, A.enable, A.sign_out):
        three.ask(what)
        asked_for.clear()
        with monkeypatch.context() as patch:
            patch.setattr(Work, "records", counting)
            waiting = three.do(lambda w: together.answerable(w, three.other))
        counts.append((len(waiting), len(asked_for)))
    assert [waiting for waiting, _ in counts] == [1, 2, 3, 4]
    assert len({questions for _, questions in counts}) == 1
