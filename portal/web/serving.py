"""The portal as a process: one worker in this one, or several that are watched over."""

import socket
import sys
from typing import Any

import uvicorn
from fastapi import FastAPI
from uvicorn.supervisors import Multiprocess

from guapai.settings import Settings
from portal.web.app import build_app
from portal.web.parent import end_with_parent
from portal.web.visit import Samples

_KEPT = 30
"""Seconds an idle connection is kept."""


def create() -> FastAPI:
    """The portal over the database of the settings; what each of several workers begins with."""
    end_with_parent()
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
    app = "portal.web.serving:create" if workers > 1 else build_app(settings, samples=samples)
    run(app, host=host, port=port, workers=workers)


def run(app: Any, *, host: str, port: int, workers: int) -> None:
    """Run an application, or with several workers what makes one, by ``module:function``."""
    config = uvicorn.Config(
        app,
        factory=workers > 1,
        host=host,
        port=port,
        workers=workers,
        log_level="warning",
        access_log=False,
        server_header=False,
        timeout_keep_alive=_KEPT,
    )
    listening = config.bind_socket()
    # asyncio leaves Nagle's algorithm on for a socket that was not said to be TCP, and a page in two
    # writes then waits 40 ms for the reader's acknowledgement; connections inherit this
    listening.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    if workers > 1:
        Multiprocess(config, sockets=[listening]).run()
    else:
        uvicorn.Server(config).run(sockets=[listening])
