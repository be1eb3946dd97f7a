"""The portal as an application: every declared page, the static files, the gate before them."""

import gzip
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import lru_cache, partial
from importlib import import_module
from importlib.resources import files
from pathlib import Path
from pkgutil import iter_modules

from anyio import create_task_group, sleep, to_thread
from fastapi import FastAPI
from starlette.convertors import IntegerConvertor, register_url_convertor
from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import FileResponse, Response
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

import portal
from guapai.clock import Clock, utc_now
from guapai.errors import GuapaiError, Missing
from guapai.settings import Settings
from portal.web.apology import passing
from portal.web.endpoint import endpoint_of, open_visit, refuse
from portal.web.gate import Gate
from portal.web.page import PAGES
from portal.web.pool import Pools
from portal.web.refusals import WINDOW, Refusals
from portal.web.rendering import Renderer
from portal.web.visit import House, Samples, Visit, entry_of
from storage.database.engine import open_engine
from storage.files.place import store_at
from storage.history.access import Outcome


def load_pages() -> None:
    """Import every module of the portal, so that each page there is has been declared."""
    for module in iter_modules(portal.__path__):
        if not module.ispkg:
            import_module(f"portal.{module.name}")


class _Kept(StaticFiles):
    """Static files whose addresses carry a version: browsers keep them for a year.

    Each is packed once and not with every answer: that would hold up everybody else.
    """

    async def get_response(self, path: str, scope: Scope) -> Response:
        response = await super().get_response(path, scope)
        if response.status_code in (200, 206, 304):
            response.headers["Cache-Control"] = "public, max-age=31536000, immutable"
            response.headers.add_vary_header("Accept-Encoding")
        asked = Headers(scope=scope)
        packs = "gzip" in asked.get("accept-encoding", "") and "range" not in asked
        if not packs or response.status_code != 200 or not isinstance(response, FileResponse):
            return response
        packed = await to_thread.run_sync(_packed, str(response.path))
        kept = ("content-type", "etag", "last-modified", "cache-control", "vary")
        headers = {n: v for n, v in response.headers.items() if n in kept}
        return Response(packed, headers={**headers, "Content-Encoding": "gzip"})


@lru_cache(256)
def _packed(path: str) -> bytes:
    """A static file, packed."""
    return gzip.compress(Path(path).read_bytes(), mtime=0)


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
    load_pages()
    engine = open_engine(settings.database_url)
    pools = Pools()
    refusals = Refusals(engine, clock, pools.records)
    store = store_at(settings.files)
    house = House(settings, engine, clock, store, Renderer(), pools, refusals, samples)

    @asynccontextmanager
    async def until_the_end(app: FastAPI) -> AsyncIterator[None]:
        async with create_task_group() as beside:
            beside.start_soon(_close_windows, house)
            yield
            beside.cancel_scope.cancel()
        await refusals.close(all_of_them=True)
        engine.dispose()

    app = FastAPI(docs_url=None, redoc_url=None, openapi_url=None, lifespan=until_the_end)
    app.add_middleware(Gate, access_log=settings.access_log, forged=partial(_forged, house))
    for page in PAGES:
        app.add_route(page.path, endpoint_of(house, page), methods=[page.method])
    app.mount("/static", _Kept(directory=str(files("portal") / "static")), name="static")
    app.state.house = house

    @app.exception_handler(HTTPException)
    async def _no(request: Request, error: HTTPException) -> Response:
        return await _nothing(house, request, error)

    return app


async def _nothing(house: House, request: Request, error: HTTPException) -> Response:
    """No such address, a method that is not for it, or a form that cannot be read."""
    visit = open_visit(house, request)
    try:
        await house.pools.reads.run(_recognise, visit, one=visit.reference)
    except Exception as trouble:
        if passing(trouble) is None:
            raise
    if error.status_code == 404:
        await visit.refused()
        return refuse(visit, Missing(""))
    refused = _Silent("这里不能这样办理")
    refused.status = error.status_code
    return refuse(visit, refused)


async def _close_windows(house: House) -> None:
    """Enter now and then how many refusals were only counted."""
    while True:
        await sleep(WINDOW.total_seconds())
        await house.refusals.close()


def _recognise(visit: Visit) -> None:
    with visit.reading() as work:
        visit.entry = entry_of(visit.house, visit.request, work)


async def _forged(house: House, request: Request) -> None:
    await open_visit(house, request).refused(Outcome.forged)
