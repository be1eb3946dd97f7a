"""The wire to a mail server: one envelope at a time, and every failure comes back as an answer."""

import re
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from enum import StrEnum
from functools import lru_cache
from ipaddress import ip_address

import aiosmtplib

from guapai.errors import BadInput
from notifications.post.answers import SILENCE, Answer, Outcome, Stage, judged, unopened
from notifications.post.sealing import mailbox

_TROUBLE = (aiosmtplib.SMTPException, OSError, ValueError)
_PARTING = 5.0  # seconds a QUIT may take; nothing depends on it


class Tls(StrEnum):
    """How the line is protected; a line is never less protected than its channel says."""

    none = "none"
    starttls = "starttls"
    implicit = "implicit"


@dataclass(frozen=True, slots=True)
class Channel:
    """One way out: a server and how we may talk to it; times are in seconds.

    ``patience`` is the wait after the final dot (RFC 5321 §4.5.3.2.6 asks for minutes: a shorter
    one makes more uncertain letters). ``ca_file`` names a private root to trust instead of the
    system's. Raises BadInput for a password on a line that is neither protected nor loopback.
    """

    host: str
    port: int
    tls: Tls = Tls.starttls
    username: str | None = None
    password: str | None = field(default=None, repr=False)
    ehlo_name: str = "localhost"
    timeout: float = 60.0
    patience: float = 300.0
    ca_file: str | None = None

    def __post_init__(self) -> None:
        if self.username is not None and self.tls is Tls.none and not is_loopback(self.host):
            raise BadInput(
                f"SMTP: no password is sent to {self.host} in clear text;"
                " use starttls or implicit, or remove the user name"
            )
        if not re.fullmatch(r"[A-Za-z0-9.:\[\]-]+", self.ehlo_name):
            raise BadInput("SMTP: the EHLO name must be a host name")


class SmtpLine:
    """An open line, or the trouble that kept it from opening; never raises for the other side."""

    def __init__(self, client: aiosmtplib.SMTP, channel: Channel) -> None:
        self._client = client
        self._channel = channel
        self._envelope_open = False
        self.trouble: Answer | None = None

    @property
    def alive(self) -> bool:
        """Whether the next letter may be offered here; if not, open another line."""
        return self.trouble is None and self._client.is_connected

    async def offer(self, sender: str, recipient: str, size: int | None = None) -> Answer | None:
        """Name sender and recipient; None means: go ahead, hand over the letter.

        ``size`` is the length of the letter in octets, told to servers that ask (RFC 1870).
        Raises BadInput for an address that is not one (a letter is sealed before it is offered).
        """
        mail, rcpt = f"MAIL FROM:<{mailbox(sender)}>", f"RCPT TO:<{mailbox(recipient)}>"
        if not self.alive:
            return self.trouble or judged(Stage.sender, SILENCE, "the line is closed")
        if size is not None and self._client.supports_extension("size"):
            mail += f" SIZE={size}"
        trouble = await self._reset() or await self._say(mail, Stage.sender)
        self._envelope_open = True
        return trouble or await self._say(rcpt, Stage.recipient)

    async def hand_over(self, mime: bytes) -> Answer:
        """Send the sealed bytes into the envelope that was offered, and wait for the answer.

        If this is cancelled the line is closed, and the caller knows no more than `uncertain`.
        """
        trouble = await self._say("DATA", Stage.data)
        if trouble is not None:
            return trouble
        try:
            code, text = await self._send_body(_stuffed(mime))
        except _TROUBLE as error:
            self._client.close()
            return judged(Stage.end, SILENCE, _said(error))
        except BaseException:  # cancelled: a late answer must not be taken for the next one's
            self._client.close()
            raise
        self._envelope_open = False
        return self._kept_in_step(judged(Stage.end, code, text))

    async def _send_body(self, payload: bytes) -> tuple[int, str]:
        # Not `client.data()`: it mixes up a time-out before 354 with one after the final dot.
        protocol = self._client.protocol
        if protocol is None:
            raise aiosmtplib.SMTPServerDisconnected("Connection lost")
        protocol.write(payload)
        return await protocol.read_response(timeout=self._channel.patience)

    async def _reset(self) -> Answer | None:
        # before the letter was named, so never its fault
        return await self._say("RSET", Stage.connect) if self._envelope_open else None

    async def _say(self, command: str, stage: Stage) -> Answer | None:
        try:
            code, text = await self._client.execute_command(command.encode("ascii"))
        except _TROUBLE as error:
            self._client.close()
            return judged(stage, SILENCE, _said(error))
        except BaseException:
            self._client.close()
            raise
        good = code == 354 if stage is Stage.data else 200 <= code <= 299
        if good and not _more_was_said(self._client):
            return None
        return self._kept_in_step(judged(stage, SILENCE if good else code, text))

    def _kept_in_step(self, answer: Answer) -> Answer:
        # After a goodbye, or a reply that does not belong to its question, the line could give
        # one letter the answer of another.
        understood = answer.outcome is Outcome.accepted or answer.code >= 400
        if not understood or answer.code == 421 or _more_was_said(self._client):
            self._client.close()
        return answer

    async def close(self) -> None:
        """Say goodbye if anybody is listening, and close."""
        try:
            with suppress(*_TROUBLE):
                if self._client.is_connected:
                    await self._client.quit(timeout=_PARTING)
        finally:
            self._client.close()


@asynccontextmanager
async def connect(channel: Channel) -> AsyncIterator[SmtpLine]:
    """Open a line for one batch; `line.trouble` says why it did not open, as `offer` then does."""
    client = aiosmtplib.SMTP(
        hostname=channel.host,
        port=channel.port,
        local_hostname=channel.ehlo_name,
        timeout=channel.timeout,
        use_tls=channel.tls is Tls.implicit,
        start_tls=False,  # a step of its own in _open, which fails where TLS is not offered
    )
    line = SmtpLine(client, channel)
    try:
        line.trouble = await _open(client, channel)
        yield line
    except BaseException:
        client.close()
        raise
    await line.close()


async def _open(client: aiosmtplib.SMTP, channel: Channel) -> Answer | None:
    stage = Stage.tls  # until the roots are read: a missing ca_file is a TLS alarm, not a crash
    try:
        tls_context = None if channel.tls is Tls.none else _tls_context(channel.ca_file)
        stage = Stage.connect
        await client.connect(tls_context=tls_context)
        await _greet(client)
        if channel.tls is Tls.starttls:
            stage = Stage.tls
            await client.starttls()
            await _greet(client)
        if channel.username is not None:
            stage = Stage.auth
            await _sign_in(client, channel.username, channel.password or "")
    except _TROUBLE as error:
        client.close()
        return _unopened(stage, error)
    return None


async def _greet(client: aiosmtplib.SMTP) -> None:
    await client.ehlo()
    if _more_was_said(client):
        raise aiosmtplib.SMTPServerDisconnected("the server says more than it was asked")


async def _sign_in(client: aiosmtplib.SMTP, username: str, password: str) -> None:
    # One mechanism, not all in turn as `client.login` does: a server that hangs up after a wrong
    # password would make it look like a broken line, and nobody would be told to mend it.
    ways = client.supported_auth_methods
    if "plain" in ways:
        await client.auth_plain(username, password)
    elif "login" in ways:
        await client.auth_login(username, password)
    elif "cram-md5" in ways:
        await client.auth_crammd5(username, password)
    else:
        raise aiosmtplib.SMTPException("the server offers no way to sign in that we know")


def _more_was_said(client: aiosmtplib.SMTP) -> bool:
    # aiosmtplib keeps what follows a reply in the same packet and takes it for the next one:
    # a "250" sent along with "354" would mark a letter as sent that was then refused.
    return client.protocol is not None and bool(client.protocol._buffer)


def _unopened(stage: Stage, error: Exception) -> Answer:
    if isinstance(error, ssl.SSLError) or isinstance(error.__cause__, ssl.SSLError):
        return unopened(Stage.tls, SILENCE, _said(error), broke_off=False)
    if isinstance(error, aiosmtplib.SMTPResponseException):
        return unopened(stage, error.code, error.message, broke_off=False)
    broke_off = isinstance(error, ConnectionError | TimeoutError)
    return unopened(stage, SILENCE, _said(error), broke_off=broke_off)


def _said(error: Exception) -> str:
    return error.message if isinstance(error, aiosmtplib.SMTPException) else str(error)


def _stuffed(mime: bytes) -> bytes:
    # A sealed letter has CRLF only, so this is all the transparency of RFC 5321 §4.5.2 there is.
    stuffed = mime.replace(b"\r\n.", b"\r\n..")
    if stuffed.startswith(b"."):
        stuffed = b"." + stuffed
    return stuffed + (b".\r\n" if stuffed.endswith(b"\r\n") else b"\r\n.\r\n")


def is_loopback(host: str) -> bool:
    """Whether a host can only be this machine; names other than localhost are not looked up."""
    try:
        return host == "localhost" or ip_address(host).is_loopback
    except ValueError:
        return False


@lru_cache(maxsize=8)
def _tls_context(ca_file: str | None) -> ssl.SSLContext:
    # Building one costs 20 ms; it verifies certificate and host name and speaks TLS 1.2 or newer.
    return ssl.create_default_context(cafile=ca_file)
