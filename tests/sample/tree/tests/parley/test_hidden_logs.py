"""Whatever goes wrong with a hidden case, no line of any log tells of it; its ids may stand there."""

import asyncio
import logging
from datetime import timedelta

import pytest
import sqlalchemy as sa
from tests.parley.parley import Parley

from actions.clock.ladder import sweep
from actions.papers.printing import print_papers
from actions.post.contact import ask_to_mend
from actions.post.digest import gather
from actions.post.posting import post
from guapai.errors import BadInput, Refused
from guapai.people import Role
from guapai.settings import Settings
from notifications.post.answers import Answer, Outcome, Stage
from notifications.post.offices import MemoryOffice
from notifications.post.sealing import Sender
from portal.web.app import build_app
from storage import case as cases
from storage import letter
from storage.database.engine import Engine
from storage.database.work import unit_of_work
from storage.people.person import Person
from tests.actions.conftest import Office, office
from tests.portal.browser import serving
from tests.portal.town import Town

__all__ = ["office"]

MINUTES = "密谈要点甲乙丙"
BROKEN = {
    "postgresql": "ALTER TABLE {0} ADD CONSTRAINT broken_{2} CHECK ({1} <> '{2}') NOT VALID",
    "sqlite": "CREATE TRIGGER broken_{2} BEFORE {3} ON {0} WHEN NEW.{1} = '{2}' "
    "BEGIN SELECT RAISE(ABORT, 'broken'); END",
}


def damage(owner: Engine, table: str, column: str, word: str, event: str) -> None:
    """From now on the database refuses rows with a word, and PostgreSQL says what is in them."""
    with owner.begin() as connection:
        told = BROKEN[owner.dialect.name].format(table, column, word, event)
        connection.execute(sa.text(told))


def telling(office: Office, parley: Parley) -> set[str]:
    """What no line may say: title, number, texts, and the names of everybody."""
    with unit_of_work(office.engine, office.clock, write=False) as work:
        found = cases.get(work, parley.id)
        names = work.execute(sa.select(Person.__table__.c.name)).scalars()  # type: ignore[attr-defined]
        assert found is not None
        return {found.title, found.number, "粉尘会商", MINUTES, "承诺0", "承诺1", *names}


def lived(office: Office, parley: Parley) -> None:
    """Acts that go well and acts that do not."""
    with pytest.raises(BadInput):
        office.act(
            Role.division_chief,
            "hold",
            {"minutes": MINUTES, "no": MINUTES},
            parley.id,
            noun="parley",
        )
    parley.hold(MINUTES)
    with pytest.raises(Refused):
        parley.keep(parley.head(0), "p1")
    parley.keep(parley.head(0), "p0")


def posted(office: Office) -> None:
    """Letters of which one is refused, one is deferred and the others arrive."""
    gather(office.engine, office.clock)
    with unit_of_work(office.engine, office.clock, write=False) as work:
        to = sorted({x.recipient for x in letter.every(work) if x.recipient})
    said = [Answer(o, 550, "no", Stage.recipient) for o in (Outcome.refused, Outcome.later)]
    out = MemoryOffice(
        Sender("a@example.com", "系统", "example.com"), dict(zip(to, said, strict=False))
    )
    asyncio.run(post(office.engine, out, office.clock))
    ask_to_mend(office.engine, office.clock)
    print_papers(office.engine, office.files, office.clock)


def visited(office: Office, parley: Parley, url: str, heard: logging.Handler) -> list[int]:
    """The answers of the portal: a page, a search, something wrong, something refused, a crash.

    What its server logs is heard too.
    """
    head, chief = parley.head(1), office.who(Role.department_head)
    settings = Settings(database_url=url, files=office.files)
    moves = f"/cases/{parley.id}/parley/{parley.id}"
    found = []
    with serving(build_app(settings, office.clock)) as home:
        logging.getLogger("uvicorn").addHandler(heard)
        town = Town(office, home)
        with town.visitor(head) as visitor:
            found.append(visitor.get(f"/cases/{parley.id}").status_code)
            found.append(
                visitor.get("/ledger", params={"noun": "parley", "text": "粉尘会商"}).status_code
            )
            for facts in (
                {"promise": "p1"},
                {"promise": "p0", "done": MINUTES},
                {"promise": "p1", "done": MINUTES},
            ):
                form = {"token": town.token(head), "key": str(facts), **facts}
                found.append(visitor.post(f"{moves}/keep", data=form).status_code)
        with town.visitor(chief) as visitor:
            form = {"token": town.token(chief), "key": "close"}
            found.append(visitor.post(f"{moves}/close", data=form).status_code)
    return found


def test_no_line_tells_of_it(
    office: Office, url: str, owner: Engine, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    parley = Parley(office)
    lived(office, parley)
    office.clock.advance(timedelta(days=60))
    damage(owner, "events", "move", "period", "INSERT")
    sweep(office.engine, office.clock)
    assert "its period was not opened" in caplog.text
    posted(office)
    damage(owner, "cases", "state", "kept", "UPDATE")
    assert visited(office, parley, url, caplog.handler) == [200, 200, 422, 409, 303, 500]
    assert "request failed" in caplog.text
    words = telling(office, parley)
    told = [
        (record.name, word)
        for record in caplog.records
        for line in [caplog.handler.format(record)]
        for word in words
        if word in line
    ]
    assert told == []
