"""A knock at the mail server's door: connect, greet, protect the line, sign in; no letter is sent."""

import asyncio
from dataclasses import replace

from notifications.post.answers import SILENCE, Answer, Stage, unopened
from notifications.post.smtp import Channel, connect

PATIENCE = 5.0
"""Seconds a server may take for each step; twice that for all of them."""


async def knock(channel: Channel, *, patience: float = PATIENCE) -> Answer | None:
    """What keeps the line from opening, or None when letters could go out over it."""
    hurried = replace(channel, timeout=patience)
    try:
        async with asyncio.timeout(2 * patience), connect(hurried) as line:
            return line.trouble
    except TimeoutError:
        said = f"no answer within {2 * patience:g} seconds"
        return unopened(Stage.connect, SILENCE, said, broke_off=True)
