"""The demo's read-only page, on this machine only; the portal will replace it."""

import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from email.parser import BytesParser
from email.policy import compat32
from importlib.resources import files
from typing import Annotated, Any

import uvicorn
from fastapi import FastAPI, Query, Request
from fastapi import Path as PathPart
from fastapi.exceptions import RequestValidationError
from fastapi.responses import HTMLResponse, Response
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.exceptions import HTTPException

from demo.living import lived_in
from demo.view import case_view, hazard_list
from demo.wording import wall
from guapai.clock import Clock, utc_now
from guapai.errors import GuapaiError, Missing
from guapai.settings import Settings
from guapai.text import isolated, one_line
from notifications.offices import decoded, plain_text
from statemachines.letter import LetterState
from storage import counting, event, hazard, letter, paper
from storage.engine import open_engine
from storage.evidence import FileStore
from storage.work import Work, unit_of_work

_Id = Annotated[int, PathPart(ge=1, le=2**63 - 1)]
"""An id the database can look up; a larger number is an error to it and not merely unknown."""
_Before = Annotated[int, Query(ge=1, le=2**63 - 1)]
MAILS_A_PAGE = 100
_POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
_HEADERS = {
    "Content-Security-Policy": _POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
}


class Pages:
    """The pages over one database. Without a clock they look from its last event on."""

    def __init__(self, settings: Settings, clock: Clock | None) -> None:
        self.engine = open_engine(settings.database_url)
        self.store = FileStore(settings.files)
        self.clock = clock
        self.sample = lived_in(self.engine) is not None
        self.templates = Environment(
            loader=FileSystemLoader(str(files("demo") / "templates")),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )

    def show(self, template: str, read: Callable[[Work], dict[str, Any]]) -> HTMLResponse:
        """A page from what one question of the database answers."""
        with unit_of_work(self.engine, self.clock or utc_now, write=False) as work:
            if self.clock is None:
                work.now = event.latest(work) or work.now
            values = read(work)
            now = wall(work.now)
        return HTMLResponse(
            self.templates.get_template(template).render(now=now, sample=self.sample, **values)
        )

    def missing(self, said: str, status: int) -> HTMLResponse:
        """A page that says what is not there."""
        page = self.templates.get_template("missing.html").render(
            said=said, now="", sample=self.sample
        )
        return HTMLResponse(page, status_code=status)

    def every(self) -> HTMLResponse:
        """All hazards."""
        return self.show(
            "list.html",
            lambda w: {"hazards": hazard_list(w, w.now), "figures": counting.figures(w)},
        )

    def case(self, case_id: _Id) -> HTMLResponse:
        """One case."""

        def read(work: Work) -> dict[str, Any]:
            row = hazard.get(work, case_id)
            if row is None:
                raise Missing("没有这个隐患")
            return case_view(work, row)

        return self.show("case.html", read)

    def paper(self, paper_id: _Id) -> Response:
        """The PDF of a paper."""
        with unit_of_work(self.engine, utc_now, write=False) as work:
            found = paper.get(work, paper_id)
        if found is None or found.pdf is None:
            raise Missing("没有这份文书，或尚未成文")
        return Response(self.store.read(found.pdf), media_type="application/pdf")

    def mails(self, before: _Before = 2**63 - 1) -> HTMLResponse:
        """The mails that were handed over, the latest first; ``before`` an id, for the next page."""

        def read(work: Work) -> dict[str, Any]:
            found = letter.latest_sent(work, before, MAILS_A_PAGE)
            following = found[-1].id if len(found) == MAILS_A_PAGE else None
            return {"mails": [as_read(m) for m in found], "following": following}

        return self.show("mails.html", read)

    def mail(self, letter_id: _Id) -> HTMLResponse:
        """One mail, read from the bytes that were sent."""

        def read(work: Work) -> dict[str, Any]:
            found = letter.get(work, letter_id)
            if found is None or found.state != LetterState.sent:
                raise Missing("没有这封信，或尚未发出")
            return {"mail": as_read(found)}

        return self.show("mail.html", read)

    def style(self) -> Response:
        """The style sheet."""
        style = (files("demo") / "static" / "style.css").read_text(encoding="utf-8")
        return Response(style, media_type="text/css")


def build_app(settings: Settings, clock: Clock | None = None) -> FastAPI:
    """The read-only pages as an application: only GET, nothing from elsewhere."""
    pages = Pages(settings, clock)

    @asynccontextmanager
    async def until_the_end(app: FastAPI) -> AsyncIterator[None]:
        yield
        pages.engine.dispose()

    app = FastAPI(docs_url=None, redoc_url=None, openapi_url=None, lifespan=until_the_end)
    app.get("/")(pages.every)
    app.get("/cases/{case_id}")(pages.case)
    app.get("/papers/{paper_id}.pdf")(pages.paper)
    app.get("/mails")(pages.mails)
    app.get("/mails/{letter_id}")(pages.mail)
    app.get("/style.css")(pages.style)

    @app.middleware("http")
    async def _safe(request: Request, call_next: Any) -> Response:
        response: Response = await call_next(request)
        response.headers.update(_HEADERS)
        return response

    @app.exception_handler(GuapaiError)
    async def _refuse(request: Request, error: GuapaiError) -> HTMLResponse:
        return pages.missing(str(error), error.status)

    @app.exception_handler(RequestValidationError)
    async def _missing(request: Request, error: Exception) -> HTMLResponse:
        return pages.missing("没有这个页面", 404)

    @app.exception_handler(HTTPException)
    async def _no(request: Request, error: HTTPException) -> HTMLResponse:
        said = "没有这个页面" if error.status_code == 404 else "这里只能查看，不能办理"
        response = pages.missing(said, error.status_code)
        response.headers.update(error.headers or {})
        return response

    return app


def as_read(sent: letter.Letter) -> dict[str, Any]:
    """What the reader of a mail sees of its bytes."""
    mail = BytesParser(policy=compat32).parsebytes(sent.mime or b"")
    headers = {h: isolated(one_line(decoded(mail[h]))) for h in ("To", "Subject", "Date")}
    return {
        "name": sent.id,
        "id": one_line(str(mail["Message-ID"])),
        "text": plain_text(mail),
        "at": wall(sent.ended_at),
        **headers,
    }


def serve(settings: Settings, port: int) -> None:
    """Serve the page on 127.0.0.1 until interrupted."""
    print(f"http://127.0.0.1:{port}  (stop with Ctrl-C)", file=sys.stderr, flush=True)
    uvicorn.run(build_app(settings), host="127.0.0.1", port=port, log_level="warning")
