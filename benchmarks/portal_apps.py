"""What the portal's benchmark serves: ours, and a bare page that asks the database the same."""

import asyncio
import os
import queue
import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime
from pathlib import Path
from typing import Any

import httpx
import psycopg
from fastapi import FastAPI, Request
from fastapi.responses import HTMLResponse
from jinja2 import Environment

from guapai.clock import SimulatedClock
from guapai.settings import Settings
from portal.web.app import build_app
from portal.web.serving import run
from storage.database.role import act_as_servant
from storage.database.work import Work

CONNECTIONS = 10
_TABLE = Environment(autoescape=True).from_string(
    "<!doctype html><title>bare</title><table>{% for r in rows %}<tr>{% for c in r %}"
    "<td>{{ c }}</td>{% endfor %}</tr>{% endfor %}</table>"
)
Asked = list[tuple[str, Any]]


def _settings() -> Settings:
    return Settings(database_url=os.environ["BENCH_URL"], files=Path(os.environ["BENCH_FILES"]))


def ours() -> FastAPI:
    """The portal at the instant up to which the cases were made."""
    now = datetime.fromisoformat(os.environ["BENCH_NOW"])
    return build_app(_settings(), SimulatedClock(now))


def bare() -> FastAPI:
    """A page without door, scope or words: the same statements, their rows in a plain table."""
    with ThreadPoolExecutor(1) as aside:  # a server's loop runs here already
        asked = aside.submit(asyncio.run, _recorded()).result()
    pool: queue.LifoQueue[Any] = queue.LifoQueue()
    url = os.environ["BENCH_URL"].replace("+psycopg", "")
    for _ in range(CONNECTIONS):
        connection = psycopg.connect(url, autocommit=True)
        act_as_servant(connection)
        connection.execute("SET TIME ZONE 'UTC'")
        pool.put(connection)
    app = FastAPI()

    def answer(request: Request) -> HTMLResponse:
        query = f"?{request.url.query}" if request.url.query else ""
        statements = asked[f"{request.url.path}{query} {request.cookies['guapai']}"]
        connection = pool.get()
        try:
            with connection.pipeline():
                cursors = [connection.execute(sql, values) for sql, values in statements]
            rows = [r for c in cursors if c.rownumber is not None for r in c.fetchall()]
        finally:
            pool.put(connection)
        return HTMLResponse(_TABLE.render(rows=rows))

    app.get("/{path:path}")(answer)
    return app


async def _recorded() -> dict[str, Asked]:
    """What each page asks the database, written down while our portal answers it once."""
    out: dict[str, Asked] = {}
    pipe = Work._pipe
    transport = httpx.ASGITransport(ours())
    async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1") as client:
        for line in os.environ["BENCH_PAGES"].splitlines():
            path, _, cookie = line.rpartition(" ")
            heard: Asked = []

            def listening(work: Work, statements: Any, heard: Asked = heard) -> Any:
                heard.extend(statements)
                return pipe(work, statements)

            Work._pipe = listening  # type: ignore[assignment, method-assign]
            try:
                answer = await client.get(path, headers={"Cookie": f"guapai={cookie}"})
            finally:
                Work._pipe = pipe  # type: ignore[method-assign]
            assert answer.status_code == 200, (path, answer.status_code)
            out[line] = [*heard, ("COMMIT", None)]
    return out


if __name__ == "__main__":
    run(f"benchmarks.portal_apps:{sys.argv[1]}", host="127.0.0.1", port=int(sys.argv[2]), workers=2)
