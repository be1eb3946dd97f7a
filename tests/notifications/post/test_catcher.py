"""The catcher: keeps every letter byte for byte, for this machine alone."""

import asyncio
import gc
import smtplib
import socket
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import pytest

from guapai.clock import SimulatedClock
from guapai.errors import BadInput, Unready
from notifications.post.answers import Outcome
from notifications.post.catcher import Catcher, Caught
from notifications.post.sealing import Content, Sealed, Sender, seal
from notifications.post.smtp import Channel, Tls, connect

AT = datetime(2026, 3, 1, 8, 0, tzinfo=UTC)
SENDER = Sender("post@guapai.example", "督办平台", "guapai.example")


def letter(number: int, subject: str = "通知") -> Sealed:
    content = Content(f"reader{number}@example.cn", "王五", subject, "正文\n.点", "<p>正文</p>")
    return seal(content, letter_id=number, sender=SENDER, at=AT)


async def deliver(catcher: Catcher, letters: list[Sealed]) -> list[Outcome]:
    outcomes = []
    async with connect(Channel(catcher.host, catcher.port, tls=Tls.none, timeout=5)) as line:
        for one in letters:
            refusal = await line.offer(SENDER.address, one.recipient, len(one.mime))
            outcomes.append((refusal or await line.hand_over(one.mime)).outcome)
    return outcomes


def test_letters_are_kept_byte_for_byte_in_their_order() -> None:
    letters = [letter(1, "通知=?UTF-8?Q?=0A?=Bcc: x@example.com"), letter(2, "𠮷龘"), letter(3)]
    with Catcher(clock=SimulatedClock(AT)) as catcher:
        assert catcher.letters == []
        assert asyncio.run(deliver(catcher, letters)) == [Outcome.accepted] * 3
        assert catcher.letters == [
            Caught(SENDER.address, (one.recipient,), one.mime, AT.timestamp()) for one in letters
        ]


def test_letters_can_be_read_after_it_closed_and_the_list_is_a_copy() -> None:
    with Catcher() as catcher:
        asyncio.run(deliver(catcher, [letter(1)]))
    catcher.letters.clear()
    assert len(catcher.letters) == 1


def test_eight_bit_letters_and_dots_come_through() -> None:
    mime = "Subject: 原样\r\n\r\n.点\r\n..\r\n正文\r\n".encode()
    with Catcher() as catcher, smtplib.SMTP(catcher.host, catcher.port, timeout=5) as client:
        client.ehlo()
        assert client.has_extn("8BITMIME")
        assert int(client.esmtp_features["size"]) >= 10_000_000
        options = ["BODY=8BITMIME", f"SIZE={len(mime)}"]
        client.sendmail("a@x.cn", ["b@x.cn", "c@x.cn"], mime, mail_options=options)
        [caught] = catcher.letters
    assert (caught.recipients, caught.mime) == (("b@x.cn", "c@x.cn"), mime)


def test_a_letter_larger_than_announced_is_refused() -> None:
    with Catcher() as catcher, smtplib.SMTP(catcher.host, catcher.port, timeout=5) as client:
        client.ehlo()
        code, _ = client.docmd("MAIL", "FROM:<a@x.cn> SIZE=999999999")
        assert code == 552
        assert catcher.letters == []


def test_many_at_once_are_all_kept() -> None:
    with Catcher() as catcher:

        def one_line_of(first: int) -> list[Outcome]:
            return asyncio.run(deliver(catcher, [letter(first + i) for i in range(10)]))

        with ThreadPoolExecutor(4) as pool:
            outcomes = [o for part in pool.map(one_line_of, [0, 10, 20, 30]) for o in part]
        assert outcomes == [Outcome.accepted] * 40
        found = {one.recipients for one in catcher.letters}
        assert found == {(f"reader{i}@example.cn",) for i in range(40)}


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "", "10.0.0.1", "mail.example.cn"])
def test_it_listens_on_loopback_only(host: str) -> None:
    with pytest.raises(BadInput, match="loopback"):
        Catcher(host=host)


def test_a_port_can_be_asked_for_and_had_again() -> None:
    with Catcher() as first:
        port = first.port
    assert port != 0
    with Catcher(port) as again:
        assert again.port == port
        asyncio.run(deliver(again, [letter(1)]))
        assert len(again.letters) == 1


def test_a_port_that_is_taken_is_said_in_one_sentence() -> None:
    with (
        Catcher() as first,
        pytest.raises(Unready, match=f"port {first.port}"),
        Catcher(first.port),
    ):
        pass


def test_it_closes_though_somebody_has_only_just_come() -> None:
    for _ in range(5):
        with Catcher() as catcher:
            comer = socket.create_connection((catcher.host, catcher.port), timeout=5)
        gc.collect()
        comer.close()


def test_it_closes_though_somebody_is_still_talking() -> None:
    with Catcher() as catcher:
        client = smtplib.SMTP(catcher.host, catcher.port, timeout=5)
        client.ehlo()
    gc.collect()  # a socket left to the collector would warn here, and warnings are errors
    with pytest.raises((smtplib.SMTPServerDisconnected, ConnectionError)):
        client.docmd("NOOP")
    client.close()
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection((catcher.host, catcher.port), timeout=1)
