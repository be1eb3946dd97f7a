"""The portal as a process: one worker in this one, or several that are watched over."""

import resource
import socket
import sys
from typing import Any

import uvicorn
from fastapi import FastAPI
from uvicorn.supervisors import Multiprocess

from actions.post.drain import draining
from guapai import logs
from guapai.settings import Settings
from portal.web.app import build_app
from portal.web.connection import (
    ACCEPTED_AT_ONCE,
    IDLE,
    Connection,
    Serving,
    raise_descriptors,
)
from portal.web.parent import end_with_parent
from portal.web.visit import Samples

LAST = 30
"""Seconds for the requests at hand when the server is told to stop (own)."""


def create() -> FastAPI:
    """The portal over the database of the settings; what each of several workers begins with."""
    end_with_parent()
    settings = Settings()
    logs.set_up(settings, level="info")
    bound(settings)
    return build_app(settings)


def bound(settings: Settings) -> None:
    """Give this process its share of the machine: descriptors, and no more memory than it may take.

    The limit is of what it can write to (RLIMIT_DATA): libraries and the address space that glibc
    sets aside for each thread do not count.
    """
    raise_descriptors()
    if settings.worker_memory_mb:
        most = settings.worker_memory_mb * 2**20
        _, given = resource.getrlimit(resource.RLIMIT_DATA)
        if given != resource.RLIM_INFINITY:
            most = min(most, given)
        resource.setrlimit(resource.RLIMIT_DATA, (most, given))


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
    if workers > 1:
        app: Any = "portal.web.serving:create"
    else:
        bound(settings)
        app = build_app(settings, samples=samples)
    run(app, host=host, port=port, workers=workers)


def run(app: Any, *, host: str, port: int, workers: int) -> None:
    """Run an application, or with several workers what makes one, by ``module:function``."""
    config = Serving(
        app,
        factory=workers > 1,
        host=host,
        port=port,
        workers=workers,
        http=Connection,
        ws="none",
        backlog=ACCEPTED_AT_ONCE,
        log_config=None,
        access_log=False,
        server_header=False,
        timeout_keep_alive=IDLE,
        timeout_graceful_shutdown=LAST,
    )
    listening = config.listening = config.bind_socket()
    # asyncio leaves Nagle's algorithm on for a socket that was not said to be TCP, and a page in two
    # writes then waits 40 ms for the reader's acknowledgement; connections inherit this
    listening.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    if workers > 1:
        several = Multiprocess(config, sockets=[listening])  # it takes the signals from here on
        if not draining():
            several.run()
    else:
        Server(config).run(sockets=[listening])


class Server(uvicorn.Server):
    """One that ends at once where the process was told to end before it had begun to serve.

    It takes the signals for itself while it runs; of one that came before nobody would tell it.
    """

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Begin, unless it is over already."""
        await super().startup(sockets=sockets)
        if draining():
            self.should_exit = True
