"""The only way to add a page: its path, who may open it, its template."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any

from starlette.responses import Response

from portal.web.may import May
from portal.web.pool import PoolName
from portal.web.visit import Visit

Answer = Response | Mapping[str, Any]
"""What a page answers: the values of its template, or a whole response."""

Handler = Callable[..., Answer | Awaitable[Answer]]
"""One that is to be awaited runs in the loop, and takes what it waits for to the pools itself."""


@dataclass(frozen=True, kw_only=True)
class Way:
    """How the navigation leads to a page, for whoever may open it: its rank, an icon, a title.

    ``short`` is the title at the foot of a telephone; ``tabs`` says whether it stands there.
    ``cases``: it shows cases, and leads nobody there who sees none. ``alone``: what lies below the
    address does not belong to the page.
    """

    rank: int
    icon: str
    title: str
    short: str = ""
    tabs: bool = True
    cases: bool = False
    alone: bool = False


@dataclass(frozen=True, kw_only=True)
class Page:
    """One page. ``works`` pages do their own work in the database; the others only read.

    ``pool`` says where it waits for its turn.
    """

    path: str
    may: May
    template: str
    method: str
    handler: Handler
    works: bool
    streams: bool
    pool: PoolName
    way: Way | None = None


PAGES: list[Page] = []
"""Every page there is, in the order in which they were declared."""


def page(
    path: str,
    *,
    may: May,
    template: str = "",
    method: str = "GET",
    works: bool = False,
    streams: bool = False,
    pool: PoolName | None = None,
    way: Way | None = None,
) -> Callable[[Handler], Handler]:
    """Declare a page. The handler gets the visit and the parts of the path.

    ``method`` other than GET, or ``works``: the handler opens its own units of work. ``streams``:
    it reads the body itself (uploads). ``pool``: where it waits for its turn, if not among the pages
    that read or those that work; ``watch`` and none at all look up no session. ``way``: the
    navigation leads to it.
    """
    works = works or method != "GET"

    def keep(handler: Handler) -> Handler:
        PAGES.append(
            Page(
                path=path,
                may=may,
                template=template,
                method=method,
                handler=handler,
                works=works,
                streams=streams,
                pool=pool if pool is not None else "works" if works else "reads",
                way=way,
            )
        )
        return handler

    return keep


def see(visit: Visit, address: str) -> Response:
    """Answer a change: the browser goes on to a page that shows it (303, Post/Redirect/Get)."""
    return Response(status_code=303, headers={"Location": address})
