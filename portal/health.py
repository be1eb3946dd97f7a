"""Health: whether the process lives, whether it can work, and figures for whoever watches it."""

import secrets
from datetime import timedelta

from prometheus_client import CollectorRegistry, Gauge, generate_latest
from prometheus_client.exposition import CONTENT_TYPE_LATEST
from starlette.responses import PlainTextResponse, Response

from guapai.errors import GuapaiError, Missing
from portal.web.may import EVERYBODY
from portal.web.page import Answer, page
from portal.web.visit import Visit
from storage.history import access
from storage.schema import health
from storage.schema.schema import require_newest

_HERE = frozenset({"127.0.0.1", "::1"})


@page("/healthz", may=EVERYBODY, pool="")
def lives(visit: Visit) -> Answer:
    """The process answers."""
    return PlainTextResponse("ok")


@page("/readyz", may=EVERYBODY, works=True, pool="watch")
def ready(visit: Visit) -> Answer:
    """The database answers and is at the revision the code needs, and files can be kept."""
    house = visit.house
    try:
        require_newest(house.engine)
        house.store.folder.mkdir(parents=True, exist_ok=True)
    except (GuapaiError, OSError) as error:
        return PlainTextResponse(f"not ready: {type(error).__name__}", status_code=503)
    return PlainTextResponse("ready")


@page("/metrics", may=EVERYBODY, works=True, pool="watch")
def metrics(visit: Visit) -> Answer:
    """Figures in Prometheus' format, for this machine or for who knows the token."""
    if not _may_watch(visit):
        raise Missing("没有这个页面，或您无权查看")
    registry = CollectorRegistry()
    letters = Gauge("guapai_letters", "Letters by state.", ["state"], registry=registry)
    overdue = Gauge("guapai_duties_overdue", "Open duties past their time.", registry=registry)
    signed_in = Gauge("guapai_sessions", "Sessions that have not ended.", registry=registry)
    entries = Gauge(
        "guapai_entries", "Security log, last day.", ["what", "outcome"], registry=registry
    )
    free = Gauge("guapai_files_free_bytes", "Free space for files.", registry=registry)
    with visit.reading() as work:
        for state, count in health.letter_states(work).items():
            letters.labels(state=state).set(count)
        overdue.set(health.overdue_duties(work))
        signed_in.set(health.sessions(work))
        for (what, outcome), count in access.counted(work, timedelta(days=1)).items():
            entries.labels(what=what, outcome=outcome).set(count)
    free.set(health.disk_of(visit.house.store.folder).free)
    return Response(generate_latest(registry), media_type=CONTENT_TYPE_LATEST)


def _may_watch(visit: Visit) -> bool:
    token = visit.house.settings.metrics_token
    if token is None:
        forwarded = "x-forwarded-for" in visit.request.headers
        return visit.address in _HERE and not forwarded
    given = visit.request.headers.get("authorization", "").removeprefix("Bearer ")
    return secrets.compare_digest(given.encode(), token.get_secret_value().encode())
