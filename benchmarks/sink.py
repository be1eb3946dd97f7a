"""Mail servers that forget every letter: a real one, and one that only answers."""

import asyncio
import socket
import sys
import warnings

from aiosmtpd.smtp import SMTP, Envelope, Session


class Talk(asyncio.Protocol):
    """One client; a letter is read to its dot and dropped. Commands may come in one packet."""

    def __init__(self) -> None:
        self._transport: asyncio.Transport | None = None
        self._rest = b""
        self._in_letter = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Greet."""
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        handle = transport.get_extra_info("socket")
        handle.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._say(b"220 sink.invalid ESMTP")

    def data_received(self, data: bytes) -> None:
        """Answer every complete command, and every complete letter."""
        self._rest += data
        while True:
            end = b"\r\n.\r\n" if self._in_letter else b"\r\n"
            head, found, rest = self._rest.partition(end)
            if not found:
                return
            self._rest = rest
            self._say(b"250 2.0.0 kept" if self._in_letter else self._answer(head[:4].upper()))
            self._in_letter = not self._in_letter and head[:4].upper() == b"DATA"

    def _answer(self, verb: bytes) -> bytes:
        if verb == b"EHLO":
            return b"250-sink.invalid\r\n250-8BITMIME\r\n250 SIZE 33554432"
        return {b"DATA": b"354 go on", b"QUIT": b"221 2.0.0 bye"}.get(verb, b"250 2.0.0 ok")

    def _say(self, line: bytes) -> None:
        if self._transport is not None:
            self._transport.write(line + b"\r\n")


class Forgetful:
    """What aiosmtpd, which reads and checks every command, does with a letter: nothing."""

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:
        """Take it."""
        return "250 2.0.0 kept"


def _real() -> SMTP:
    return SMTP(Forgetful(), hostname="sink.invalid")


async def serve(kind: str) -> None:
    """Listen on a free port of loopback and print it; until killed."""
    meet = Talk if kind == "instant" else _real
    server = await asyncio.get_running_loop().create_server(meet, "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    warnings.simplefilter("ignore")  # aiosmtpd talks about its own deprecations
    asyncio.run(serve(sys.argv[1]))
