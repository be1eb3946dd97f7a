"""A server that is told to end while it is still getting ready does not begin to serve for ever."""

import threading

import pytest
from fastapi import FastAPI

from portal.web import serving

PATIENCE = 30.0
"""Seconds to wait for what must end; not a measure."""


def test_a_signal_that_came_before_it_served_ends_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(serving, "draining", lambda: True)
    given = {"host": "127.0.0.1", "port": 0, "workers": 1}
    server = threading.Thread(target=serving.run, args=[FastAPI()], kwargs=given, daemon=True)
    server.start()
    server.join(PATIENCE)
    assert not server.is_alive()
