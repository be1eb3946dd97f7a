"""Post offices: network, memory and console behave alike behind one protocol."""

import asyncio
import io
from collections.abc import Callable
from contextlib import ExitStack
from datetime import UTC, datetime
from email import message_from_bytes

import pytest

from guapai.errors import BadInput
from notifications.post.answers import Answer, Outcome, Stage
from notifications.post.catcher import Catcher
from notifications.post.offices import (
    ConsoleOffice,
    Kept,
    MemoryOffice,
    PostOffice,
    SmtpOffice,
    decoded,
    plain_text,
    readable,
)
from notifications.post.sealing import Content, Sealed, Sender, seal
from notifications.post.smtp import Channel, Tls

AT = datetime(2026, 3, 1, 8, 0, tzinfo=UTC)
SENDER = Sender("post@guapai.example", "督办平台", "guapai.example")


def letter(reader: str = "wang@example.cn", subject: str = "挂牌督办通知") -> Sealed:
    content = Content(reader, "王五", subject, "第一行\n第二行", "<p>第一行</p>")
    return seal(content, letter_id=7, sender=SENDER, at=AT)


async def post(office: PostOffice, *letters: Sealed) -> list[Answer]:
    answers = []
    async with office.open() as line:
        for one in letters:
            refusal = await line.offer(office.sender.address, one.recipient, len(one.mime))
            answers.append(refusal or await line.hand_over(one.mime))
    return answers


Maker = Callable[[ExitStack], PostOffice]


def network(stack: ExitStack) -> PostOffice:
    catcher = stack.enter_context(Catcher())
    return SmtpOffice(Channel(catcher.host, catcher.port, tls=Tls.none, timeout=5), SENDER)


def memory(stack: ExitStack) -> PostOffice:
    return MemoryOffice(SENDER)


def console(stack: ExitStack) -> PostOffice:
    return ConsoleOffice(SENDER, stack.enter_context(io.StringIO()))


OFFICES = pytest.mark.parametrize("make", [network, memory, console])


@OFFICES
def test_every_office_takes_letters_one_after_another(make: Maker) -> None:
    with ExitStack() as stack:
        office = make(stack)
        answers = asyncio.run(post(office, letter(), letter("li@example.cn")))
    found = [(answer.outcome, answer.code, answer.stage) for answer in answers]
    printed = make is console  # which nobody gets
    expected = (Outcome.printed, 0) if printed else (Outcome.accepted, 250)
    assert found == [(*expected, Stage.end)] * 2


@OFFICES
def test_no_office_takes_an_address_that_is_none(make: Maker) -> None:
    async def work(office: PostOffice) -> None:
        async with office.open() as line:
            with pytest.raises(BadInput):
                await line.offer(SENDER.address, "a@x.cn,b@x.cn")
            with pytest.raises(BadInput):
                await line.offer("nobody", "a@x.cn")

    with ExitStack() as stack:
        asyncio.run(work(make(stack)))


@OFFICES
def test_no_office_takes_bytes_without_an_envelope(make: Maker) -> None:
    async def work(office: PostOffice) -> Answer:
        async with office.open() as line:
            return await line.hand_over(letter().mime)

    with ExitStack() as stack:
        answer = asyncio.run(work(make(stack)))
    assert (answer.outcome, answer.code, answer.stage) == (Outcome.channel, 503, Stage.data)


@OFFICES
def test_an_envelope_serves_once(make: Maker) -> None:
    async def work(office: PostOffice) -> Answer:
        async with office.open() as line:
            assert await line.offer(SENDER.address, "wang@example.cn") is None
            await line.hand_over(letter().mime)
            return await line.hand_over(letter().mime)

    with ExitStack() as stack:
        assert asyncio.run(work(make(stack))).outcome is Outcome.channel


def test_the_memory_keeps_the_bytes_and_the_envelope() -> None:
    office = MemoryOffice(SENDER)
    one = letter()
    asyncio.run(post(office, one))
    assert office.kept == [Kept(SENDER.address, one.recipient, one.mime)]


def test_the_memory_answers_by_script() -> None:
    refused = Answer(Outcome.refused, 550, "5.1.1 no such user", Stage.recipient)
    lost = Answer(Outcome.uncertain, 0, "", Stage.end)
    spam = Answer(Outcome.rejected, 554, "5.7.1 no", Stage.end)
    office = MemoryOffice(SENDER, {"a@x.cn": refused, "b@x.cn": lost, "c@x.cn": spam})
    letters = [letter(f"{name}@x.cn") for name in "abcd"]
    answers = asyncio.run(post(office, *letters))
    assert answers[:3] == [refused, lost, spam]
    assert answers[3].outcome is Outcome.accepted
    # the lost answer belongs to a letter that did arrive
    assert [kept.recipient for kept in office.kept] == ["b@x.cn", "d@x.cn"]


def test_trouble_keeps_the_memory_from_opening_and_passes() -> None:
    office = MemoryOffice(SENDER)
    office.trouble = Answer(Outcome.channel, 421, "closed", Stage.connect)

    async def work() -> tuple[bool, Answer | None]:
        async with office.open() as line:
            return line.alive, await line.offer(SENDER.address, "a@x.cn")

    assert asyncio.run(work()) == (False, office.trouble)
    office.trouble = None
    assert asyncio.run(post(office, letter()))[0].outcome is Outcome.accepted


def test_the_network_shows_its_trouble_on_the_line() -> None:
    with Catcher() as catcher:
        closed = Channel(catcher.host, catcher.port, tls=Tls.none, timeout=2)

    async def work() -> tuple[bool, Answer | None]:
        async with SmtpOffice(closed, SENDER).open() as line:
            return line.alive, line.trouble

    alive, trouble = asyncio.run(work())
    assert not alive
    assert trouble is not None
    assert (trouble.outcome, trouble.stage) == (Outcome.channel, Stage.connect)


def test_the_console_prints_what_a_person_would_read() -> None:
    with io.StringIO() as screen:
        asyncio.run(post(ConsoleOffice(SENDER, screen), letter()))
        assert screen.getvalue().splitlines() == [
            "── to wang@example.cn",
            "   subject     挂牌督办通知",
            "   message id  <letter-7@guapai.example>",
            "",
            "   第一行",
            "   第二行",
            "",
        ]


def test_the_console_goes_to_standard_error(capsys: pytest.CaptureFixture[str]) -> None:
    asyncio.run(post(ConsoleOffice(SENDER), letter()))
    printed = capsys.readouterr()
    assert "挂牌督办通知" in printed.err
    assert printed.out == ""


@pytest.mark.parametrize(
    ("subject", "shown"),
    [
        ("通知=?UTF-8?Q?=0A?=Bcc: x@example.com", "通知=?UTF-8?Q?=0A?=Bcc: x@example.com"),
        ("通知\r\n\x1b[2J", "通知␍␊␛[2J"),
        ("{{7*7}}", "{{7*7}}"),
    ],
)
def test_a_hostile_title_cannot_draw_on_the_console(subject: str, shown: str) -> None:
    text = readable(Kept(SENDER.address, "a@x.cn", letter(subject=subject).mime))
    assert f"   subject     {shown}\n" in text
    assert "\x1b" not in text and "\r" not in text


def test_a_letter_without_subject_or_text_is_readable_too() -> None:
    bare = b"Message-ID: <a@b>\r\nContent-Type: text/html\r\n\r\n<p>x</p>\r\n"
    assert "subject" in readable(Kept("a@x.cn", "b@x.cn", bare))
    assert decoded(None) == ""


def test_a_turning_title_is_fenced_in() -> None:
    text = readable(Kept(SENDER.address, "a@x.cn", letter(subject="a\u202eb").mime))
    [line] = [line for line in text.split("\n") if "subject" in line]
    assert "\u2068a\u202eb\u2069" in line
    assert line.endswith("\u2069")


def test_the_plain_text_is_the_plain_part_and_empty_when_there_is_none() -> None:
    mime = letter().mime
    assert plain_text(message_from_bytes(mime)) == "第一行\n第二行"
    assert plain_text(message_from_bytes(mime.replace(b"text/plain", b"text/x-none"))) == ""
