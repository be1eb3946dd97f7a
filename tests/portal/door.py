"""People with passwords who come in by the door, and ways to ask the portal without a server."""

import asyncio
import itertools
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import httpx
import sqlalchemy as sa
from argon2 import PasswordHasher
from fastapi import FastAPI

from actions.people import password
from guapai.people import Actor, Role
from guapai.settings import Settings
from portal.web.app import build_app
from storage.database.engine import Engine, open_engine
from storage.database.work import unit_of_work
from storage.people import password as passwords
from storage.people import person as people
from storage.schema.tables import METADATA
from tests.portal.land import Land

SECRET = "Kuangshan-7312!tongfeng"
_COUNT = itertools.count(1)


class QuickHasher:
    """argon2id with hardly any work, which counts how often it has verified."""

    def __init__(self) -> None:
        self._hasher = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
        self.verified = 0

    def hash(self, secret: str) -> str:
        """A real hash, made quickly."""
        return self._hasher.hash(secret)

    def verify(self, kept: str, secret: str) -> bool:
        """Compare, and count it."""
        self.verified += 1
        return self._hasher.verify(kept, secret)


@dataclass(frozen=True)
class Somebody:
    """A person who can sign in."""

    actor: Actor
    email: str

    @property
    def id(self) -> int:
        """Their number."""
        assert self.actor.person_id is not None
        return self.actor.person_id


def somebody(
    land: Land, role: Role = Role.inspector, *, secret: str | None = SECRET, first: bool = False
) -> Somebody:
    """A new person in a post of the town, with a password unless ``secret`` is None."""
    like, nth = land.town.who(role), next(_COUNT)
    name, email = f"门前人{nth}", f"door.{nth}@example.com"
    assert like.organisation_id is not None
    with unit_of_work(land.town.office.engine, land.town.office.clock) as work:
        person_id = people.add(work, name, email)
        people.appoint(work, person_id, role, like.organisation_id, date(2020, 1, 1))
        work.flush()
        if secret is not None:
            passwords.keep(work, person_id, password.hashed(secret), first=first)
    return Somebody(Actor(person_id, role, like.organisation_id, None, name), email)


def come_in(
    client: httpx.Client, who: Somebody | str, secret: str = SECRET, **form: Any
) -> httpx.Response:
    """Send the form of the door."""
    email = who if isinstance(who, str) else who.email
    return client.post("/sign-in", data={"email": email, "password": secret, **form})


@contextmanager
def inside(land: Land, who: Somebody, secret: str = SECRET) -> Iterator[httpx.Client]:
    """A browser in which somebody has signed in."""
    with land.town.visitor() as client:
        got = come_in(client, who, secret)
        assert got.status_code == 303, got.text
        yield client


def wait(land: Land, span: timedelta) -> None:
    """Time goes by."""
    land.town.office.clock.advance(span)


def token_of(page: httpx.Response) -> str:
    """The token in a page's head."""
    found = re.search(r'<meta name="guapai-token" content="([^"]+)">', page.text)
    assert found is not None
    return found[1]


def fields_of(page: httpx.Response, action: str) -> list[tuple[str, str]]:
    """The hidden fields of a page's form, in their order."""
    form = re.search(
        rf'<form method="post" action="{re.escape(action)}".*?</form>', page.text, re.S
    )
    assert form is not None, page.text
    found = re.findall(r'<input type="hidden" name="([^"]*)" value="([^"]*)">', form[0])
    return [(name, value) for name, value in found]


def contents(engine: Engine) -> str:
    """All that lies in the database."""
    owner = open_engine(engine.url.render_as_string(hide_password=False), role=None)
    out = []
    with owner.connect() as connection:
        for table in METADATA.sorted_tables:
            if connection.dialect.name == "sqlite" or table.name != "sequences":
                out += [repr(tuple(row)) for row in connection.execute(sa.select(table))]
    owner.dispose()
    return "\n".join(out)


def as_form(fields: list[tuple[str, str]]) -> dict[str, list[str]]:
    """Fields as a browser sends them, several of one name as well."""
    form: dict[str, list[str]] = {}
    for name, value in fields:
        form.setdefault(name, []).append(value)
    return form


@contextmanager
def another_worker(engine: Engine, **settings: Any) -> Iterator[FastAPI]:
    """The portal once more over the same database, in a process of its own as it were."""
    url = engine.url.render_as_string(hide_password=False)
    clock = settings.pop("clock")
    app = build_app(Settings(database_url=url, **settings), clock)
    try:
        yield app
    finally:
        app.state.house.engine.dispose()


def ask(
    app: Any,
    method: str,
    path: str,
    *,
    scheme: str = "http",
    client: tuple[str, int] = ("127.0.0.1", 1),
    cookies: dict[str, str] | None = None,
    **more: Any,
) -> httpx.Response:
    """Ask an application without a server, from an address and by a scheme of one's choice."""

    async def go() -> httpx.Response:
        transport = httpx.ASGITransport(app, raise_app_exceptions=False, client=client)
        base = f"{scheme}://guapai.example"
        async with httpx.AsyncClient(
            transport=transport, base_url=base, cookies=cookies
        ) as browser:
            return await browser.request(method, path, **more)

    return asyncio.run(go())
