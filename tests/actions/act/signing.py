"""A decision that two people sign, and what the database says of it."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from actions.act.parked import end_parked
from actions.act.perform import Done
from actions.hand.facts import Subject
from actions.history.verification import verify
from guapai.people import Actor, Role
from statemachines.noted import Parked
from storage import hazard, pending
from storage.database.work import unit_of_work
from storage.history import event
from storage.people import organisation as organisations
from storage.questions import desk, fold
from storage.questions.desk import Narrow
from storage.questions.scope import scope_of
from tests.actions.conftest import SHUT, Office

R = Role
OTHER = {**SHUT, "reason": "另一理由"}
VISIT = {"finding": "现场情况", "percent": 50}
WHY = {"reason": "事实不清，须补充"}


class Signing:
    """Two who sign that a place be closed, and what the database says of it."""

    def __init__(self, office: Office) -> None:
        self.office, self.act = office, office.act
        self.case = office.rectifying()
        assert office.photo == SHUT["evidence"][0]["file"]

    def park(self, facts: dict[str, Any] = SHUT) -> Done:
        """The head of the department signs first."""
        return self.act(R.department_head, "propose_shutdown", facts, self.case)

    def sign(self, role: Role = R.legal_reviewer, **more: Any) -> Done:
        """Somebody signs what waits."""
        return self.act(role, "propose_shutdown", None, self.case, **more)

    def end(
        self,
        how: Parked,
        role: Role,
        reason: dict[str, object] = WHY,
        *,
        name: str = "propose_shutdown",
        actor: Actor | None = None,
        **more: Any,
    ) -> Done:
        """Somebody withdraws or refuses what waits, a minute later."""
        self.office.clock.advance(timedelta(minutes=1))
        who = actor or self.office.who(role)
        with unit_of_work(self.office.engine, self.office.clock) as work:
            return end_parked(work, self.subject, name, how, reason, who, **more)

    @property
    def subject(self) -> Subject:
        return Subject(noun="hazard", row_id=self.case)

    def defer(self) -> None:
        """The unit gets more time: the version of the hazard grows."""
        asked = {"reason": "缺件", "progress": "五成", "interim_measures": "停机"}
        dates = {"asked_deadline": "2026-07-20"}
        row = self.act(
            R.enterprise_head, "apply", {**asked, **dates}, noun="deferral", case=self.case
        ).row_id
        more: dict[str, Any] = {"noun": "deferral", "case": self.case}
        self.act(R.commission_office, "endorse", {"opinion": "属实"}, row, **more)
        self.act(R.commission_chair, "grant", {"deadline": "2026-07-20"}, row, **more)

    def found(self) -> tuple[str, int]:
        """State and version of the hazard."""
        with unit_of_work(self.office.engine, self.office.clock, write=False) as work:
            row = hazard.get(work, self.case)
            assert row is not None
            return str(row.state), row.version

    def parked(self) -> list[str]:
        """What became of each decision that was parked, but for the grading's."""
        with unit_of_work(self.office.engine, self.office.clock, write=False) as work:
            return [str(r.state) for r in self._rows(work)]

    def _rows(self, work: Any) -> Any:
        p = pending.TABLE.c
        ours = sa.select(pending.TABLE).where(p.case_id == self.case, p.move != "grade_major")
        return work.execute(ours.order_by(p.id)).all()

    def last_parked(self) -> int:
        """The id of the decision that was parked last."""
        with unit_of_work(self.office.engine, self.office.clock, write=False) as work:
            return int(self._rows(work)[-1].id)

    def waits_for(self, role: Role) -> list[str]:
        """The moves that the desk of somebody says they are to sign."""
        actor = self.office.who(role)
        narrow = Narrow(kind="", filter="", after=(self.office.clock() - timedelta(3650), 0))
        with unit_of_work(self.office.engine, self.office.clock, write=False) as work:
            home = organisations.get(work, actor.organisation_id or 0)
            assert home is not None
            scope = scope_of(role, home.id, home.kind, home.place_code)
            found = desk.read(work, scope, actor, narrow, self.office.clock())
        return [u.move for u in found.unsigned if u.case_id == self.case]

    def history(self) -> list[event.Event]:
        """The events of the case."""
        with unit_of_work(self.office.engine, self.office.clock, write=False) as work:
            return event.of_case(work, self.case)

    def holds(self) -> None:
        """History, folded, is what the database holds, and is proved."""
        with unit_of_work(self.office.engine, self.office.clock, write=False) as work:
            assert fold.fold(work, self.case) == fold.rows_of(work, self.case)
        done = verify(self.office.engine, self.office.clock, Path(self.office.files))
        assert done.faults == []
