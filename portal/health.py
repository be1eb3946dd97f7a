"""Health: whether the process lives, whether it can work, and figures for whoever watches it."""

import secrets

from prometheus_client import generate_latest
from prometheus_client.exposition import CONTENT_TYPE_LATEST
from starlette.responses import PlainTextResponse, Response

from guapai.errors import Missing
from portal.web.may import EVERYBODY
from portal.web.metrics import registry_of
from portal.web.page import Answer, page
from portal.web.readiness import readiness
from portal.web.visit import Visit

_HERE = frozenset({"127.0.0.1", "::1"})


@page("/healthz", may=EVERYBODY, works=True)
def lives(visit: Visit) -> Answer:
    """The process answers."""
    return PlainTextResponse("ok")


@page("/readyz", may=EVERYBODY, works=True)
def ready(visit: Visit) -> Answer:
    """The database answers, files can be kept; whoever may watch also reads what does not run.

    A portal goes on without a clock, so that is no reason to take it off the line: the status
    is 503 for it only where ``?all`` asks for it.
    """
    found = readiness(visit.house)
    faulty = not found.ready or (found.faults and "all" in visit.request.query_params)
    lines = found.lines if _may_watch(visit) else found.lines[:1]
    return PlainTextResponse("\n".join(lines), status_code=503 if faulty else 200)


@page("/metrics", may=EVERYBODY, works=True)
def metrics(visit: Visit) -> Answer:
    """Figures in Prometheus' format, for this machine or for who knows the token."""
    if not _may_watch(visit):
        raise Missing("没有这个页面，或您无权查看")
    with visit.reading() as work:
        registry = registry_of(work, visit.house.settings)
    return Response(generate_latest(registry), media_type=CONTENT_TYPE_LATEST)


def _may_watch(visit: Visit) -> bool:
    token = visit.house.settings.metrics_token
    if token is None:
        forwarded = "x-forwarded-for" in visit.request.headers
        return visit.address in _HERE and not forwarded
    given = visit.request.headers.get("authorization", "").removeprefix("Bearer ")
    return secrets.compare_digest(given.encode(), token.get_secret_value().encode())
