"""The portal as a process: one worker in this one, or several that are watched over."""

import sys

import uvicorn
from fastapi import FastAPI

from guapai.settings import Settings
from portal.app import build_app
from portal.visit import Samples

_SLOW = 30
"""Seconds an idle connection is kept."""


def create() -> FastAPI:
    """The portal over the database of the settings; what each of several workers begins with."""
    return build_app(Settings())


def serve(
    settings: Settings,
    *,
    host: str = "127.0.0.1",
    port: int,
    workers: int = 1,
    samples: Samples | None = None,
) -> None:
    """Serve until interrupted. Several workers read their settings from the environment."""
    print(f"http://{host}:{port}  (stop with Ctrl-C)", file=sys.stderr, flush=True)
    app = "portal.serving:create" if workers > 1 else build_app(settings, samples=samples)
    uvicorn.run(
        app,
        factory=workers > 1,
        host=host,
        port=port,
        workers=workers,
        log_level="warning",
        access_log=False,
        server_header=False,
        timeout_keep_alive=_SLOW,
    )
