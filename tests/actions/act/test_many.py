"""Many acts at once: one answer for each, and a refused one stops nothing."""

from actions.act.many import Item, perform_many
from actions.act.perform import Done
from actions.hand.facts import Subject
from guapai.errors import WrongState
from guapai.people import Role
from storage import hazard
from storage.database.work import unit_of_work
from tests.actions.conftest import Office


def test_each_order_gets_its_own_answer(office: Office) -> None:
    cases = [office.lead(), office.grading(title="另一处"), office.lead(title="第三处")]
    facts = {"finding": "属实", "officers": office.officers}
    orders = [
        Item(subject=Subject(noun="hazard", row_id=c), name="verify", facts=facts) for c in cases
    ]
    answers = perform_many(office.engine, orders, office.who(Role.inspector), office.clock)
    assert [type(a) for a in answers] == [Done, WrongState, Done]
    with unit_of_work(office.engine, office.clock, write=False) as work:
        assert {str(h.state) for h in hazard.every(work)} == {"grading"}
