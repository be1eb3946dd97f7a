"""The portal as an application: every declared page, the static files, the gate before them."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from importlib import import_module
from importlib.resources import files

from fastapi import FastAPI
from starlette.convertors import IntegerConvertor, register_url_convertor
from starlette.exceptions import HTTPException
from starlette.middleware.gzip import GZipMiddleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

from guapai.clock import Clock, utc_now
from guapai.errors import GuapaiError, Missing
from guapai.settings import Settings
from portal.web.endpoint import endpoint_of, open_visit, refuse
from portal.web.gate import Gate
from portal.web.page import PAGES
from portal.web.rendering import Renderer
from portal.web.visit import House, Samples, entry_of
from storage.database.engine import open_engine
from storage.files.evidence import FileStore

NOUNS = (
    "entrance",
    "account",
    "desk",
    "case",
    "move",
    "report",
    "evidence",
    "letter",
    "ledger",
    "people",
    "operation",
    "health",
)
"""The modules that declare pages."""


class _Kept(StaticFiles):
    """Static files whose addresses carry a version: browsers keep them for a year."""

    async def get_response(self, path: str, scope: Scope) -> Response:
        response = await super().get_response(path, scope)
        if response.status_code in (200, 206, 304):
            response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
        return response


class _Id(IntegerConvertor):
    """A number in an address, small enough for the database: with more digits it is no page."""

    regex = "[0-9]{1,18}"


register_url_convertor("int", _Id())


class _Silent(GuapaiError):
    """A method that is not for this page, or a form that cannot be read."""


def build_app(
    settings: Settings, clock: Clock = utc_now, *, samples: Samples | None = None
) -> FastAPI:
    """The portal over one database and one store of files."""
    for noun in NOUNS:
        import_module(f"portal.{noun}")
    engine = open_engine(settings.database_url)
    house = House(settings, engine, clock, FileStore(settings.files), Renderer(), samples)

    @asynccontextmanager
    async def until_the_end(app: FastAPI) -> AsyncIterator[None]:
        yield
        engine.dispose()

    app = FastAPI(docs_url=None, redoc_url=None, openapi_url=None, lifespan=until_the_end)
    app.add_middleware(Gate)
    for page in PAGES:
        app.add_route(page.path, endpoint_of(house, page), methods=[page.method])
    static = GZipMiddleware(_Kept(directory=str(files("portal") / "static")), minimum_size=1000)
    app.mount("/static", static, name="static")
    app.state.house = house

    @app.exception_handler(HTTPException)
    def _no(request: Request, error: HTTPException) -> Response:
        visit = open_visit(house, request)
        with visit.reading() as work:
            visit.entry = entry_of(house, request, work)
        missing = error.status_code == 404
        refused = Missing("") if missing else _Silent("这里不能这样办理")
        refused.status = error.status_code
        return refuse(visit, refused)

    return app
