"""The wire: whatever a server does, it becomes one answer that belongs to the right side."""

import asyncio

import pytest

from guapai.errors import BadInput
from notifications.post.answers import Answer, Outcome, Stage
from notifications.post.smtp import Channel, Tls, connect, is_loopback
from tests.notifications.post.fault_server import (
    IMPATIENT,
    MIME,
    OTHER,
    READER,
    SENDER,
    Deed,
    FaultServer,
    channel,
    go,
    told,
)

O, S = Outcome, Stage  # noqa: E741


def test_a_letter_arrives_as_it_was_sealed() -> None:
    done = told({})
    assert done.answer == Answer(O.accepted, 250, "2.0.0 taken", S.end)
    [letter] = done.server.letters
    assert (letter.sender, letter.recipients, letter.mime) == (SENDER, (READER,), MIME)
    assert f"MAIL FROM:<{SENDER}> SIZE={len(MIME)}" in done.server.commands
    assert done.alive
    assert done.server.commands[-1] == "QUIT"


SILENT = [Deed.drop, Deed.reset, Deed.hang]
EXTRA = "\r\n250 and one more"

# step, what the server does, stage, outcome, code, alarm, is the line still good
MATRIX: list[tuple[str, str | Deed, Stage, Outcome, int, bool, bool]] = [
    ("connect", "421 4.3.2 too many connections", S.connect, O.channel, 421, False, False),
    ("connect", "554 no service here", S.connect, O.channel, 554, False, False),
    ("connect", "HTTP/1.1 400 Bad Request", S.connect, O.channel, 0, False, False),
    ("connect", "220 hello" + EXTRA, S.connect, O.channel, 0, False, False),
    *[("connect", deed, S.connect, O.channel, 0, False, False) for deed in SILENT],
    ("EHLO", "421 closing", S.connect, O.channel, 421, False, False),
    ("EHLO", "550 not you", S.connect, O.channel, 550, False, False),
    ("EHLO", "hello yourself", S.connect, O.channel, 0, False, False),
    ("EHLO", "250 ok" + EXTRA, S.connect, O.channel, 0, False, False),
    *[("EHLO", deed, S.connect, O.channel, 0, False, False) for deed in SILENT],
    ("MAIL", "421 4.7.0 slow down", S.sender, O.slowed, 421, False, False),
    ("MAIL", "450 4.7.1 grey", S.sender, O.later, 450, False, True),
    ("MAIL", "451 DT:SPM, please try again", S.sender, O.slowed, 451, False, True),
    ("MAIL", "530 5.7.0 sign in first", S.sender, O.channel, 530, True, True),
    ("MAIL", "550 5.7.1 sender not allowed", S.sender, O.channel, 550, True, True),
    ("MAIL", "552 5.3.4 too big", S.sender, O.rejected, 552, False, True),
    ("MAIL", "354 go on", S.sender, O.channel, 354, False, False),
    ("MAIL", "what?", S.sender, O.channel, 0, False, False),
    ("MAIL", "250 ok" + EXTRA, S.sender, O.channel, 0, False, False),
    *[("MAIL", deed, S.sender, O.channel, 0, False, False) for deed in SILENT],
    ("RCPT", "421 4.7.0 closing", S.recipient, O.slowed, 421, False, False),
    ("RCPT", "450 4.2.0 grey", S.recipient, O.later, 450, False, True),
    ("RCPT", "452 4.5.3 too many", S.recipient, O.slowed, 452, False, True),
    ("RCPT", "452 4.2.2 over quota", S.recipient, O.later, 452, False, True),
    ("RCPT", "503 5.5.1 sequence", S.recipient, O.channel, 503, False, True),
    ("RCPT", "530 5.7.0 sign in first", S.recipient, O.channel, 530, True, True),
    ("RCPT", "550 5.1.1 no such user", S.recipient, O.refused, 550, False, True),
    ("RCPT", "550-5.1.1 no such\r\n550 5.1.1 user", S.recipient, O.refused, 550, False, True),
    ("RCPT", "550 5.1.8 your domain", S.recipient, O.channel, 550, True, True),
    ("RCPT", "550 5.7.1 policy", S.recipient, O.rejected, 550, False, True),
    ("RCPT", "550 5.2.1 closed for now", S.recipient, O.rejected, 550, False, True),
    ("RCPT", "550 User not found", S.recipient, O.refused, 550, False, True),
    ("RCPT", "550 RP:TRC blocked", S.recipient, O.slowed, 550, True, True),
    ("RCPT", "550 relay not permitted", S.recipient, O.slowed, 550, True, True),
    ("RCPT", "551 5.1.6 moved", S.recipient, O.refused, 551, False, True),
    ("RCPT", "552 5.2.2 mailbox full", S.recipient, O.later, 552, False, True),
    ("RCPT", "552 mailbox full", S.recipient, O.later, 552, False, True),
    ("RCPT", "553 5.1.3 bad syntax", S.recipient, O.refused, 553, False, True),
    ("RCPT", "554 5.7.1 policy", S.recipient, O.rejected, 554, False, True),
    ("RCPT", "250 ok" + EXTRA, S.recipient, O.slowed, 0, False, False),
    ("RCPT", "999 never heard of it", S.recipient, O.slowed, 0, False, False),
    ("RCPT", "25", S.recipient, O.slowed, 0, False, False),
    *[("RCPT", deed, S.recipient, O.slowed, 0, False, False) for deed in SILENT],
    ("DATA", "421 closing", S.data, O.slowed, 421, False, False),
    ("DATA", "451 4.3.0 later", S.data, O.later, 451, False, True),
    ("DATA", "503 no recipients", S.data, O.channel, 503, False, True),
    ("DATA", "554 5.7.1 no", S.data, O.rejected, 554, False, True),
    ("DATA", "250 taken, without a look", S.data, O.slowed, 250, False, False),
    ("DATA", "354 go on" + EXTRA, S.data, O.slowed, 0, False, False),
    ("DATA", "go on", S.data, O.slowed, 0, False, False),
    *[("DATA", deed, S.data, O.slowed, 0, False, False) for deed in SILENT],
    ("end", "250-2.0.0 taken\r\n250 thanks", S.end, O.accepted, 250, False, True),
    ("end", "250 2.0.0 taken" + EXTRA, S.end, O.accepted, 250, False, False),
    ("end", "354 go on", S.end, O.uncertain, 354, False, False),
    ("end", "421 4.3.2 closing", S.end, O.slowed, 421, False, False),
    ("end", "450 4.2.1 later", S.end, O.later, 450, False, True),
    ("end", "451 4.7.1 grey", S.end, O.later, 451, False, True),
    ("end", "550 5.7.1 spam", S.end, O.rejected, 550, True, True),
    ("end", "552 5.2.2 full", S.end, O.later, 552, False, True),
    ("end", "554 5.7.1 content", S.end, O.rejected, 554, True, True),
    ("end", "taken, I think", S.end, O.uncertain, 0, False, False),
    *[("end", deed, S.end, O.uncertain, 0, False, False) for deed in SILENT],
]


@pytest.mark.parametrize(
    ("step", "deed", "stage", "outcome", "code", "alarm", "alive"),
    MATRIX,
    ids=[f"{row[0]}-{row[1]}"[:40] for row in MATRIX],
)
def test_the_result_matrix(
    step: str,
    deed: str | Deed,
    stage: Stage,
    outcome: Outcome,
    code: int,
    alarm: bool,
    alive: bool,
) -> None:
    done = told({step: deed}, **(IMPATIENT if deed is Deed.hang else {}))
    found = done.answer
    assert (found.stage, found.outcome, found.code, found.alarm) == (stage, outcome, code, alarm)
    assert done.alive is alive
    # only a letter whose dot was sent may lie on the other side
    assert bool(done.server.letters) is (step == "end")


def test_a_port_nobody_listens_on_is_the_channels_trouble() -> None:
    async def work() -> Answer | None:
        async with FaultServer() as server:
            closed = channel(server)
        async with connect(closed) as line:
            assert not line.alive
            return await line.offer(SENDER, READER)

    answer = go(work())
    assert answer is not None
    assert (answer.outcome, answer.stage, answer.alarm) == (O.channel, S.connect, False)


async def two(server: FaultServer) -> tuple[list[Answer], bool]:
    """Two letters on one line; the second only while the line is good."""
    answers: list[Answer] = []
    async with server, connect(channel(server)) as line:
        for reader in (READER, OTHER):
            if line.alive:
                refusal = await line.offer(SENDER, reader)
                answers.append(refusal or await line.hand_over(MIME))
        return answers, line.alive


@pytest.mark.parametrize(
    ("step", "refusal"),
    [
        ("MAIL", "450 later"),
        ("RCPT", "550 5.1.1 no such user"),
        ("DATA", "451 later"),
        ("end", "554 5.7.1 content"),
    ],
)
def test_a_refused_letter_leaves_the_next_one_a_clean_envelope(step: str, refusal: str) -> None:
    usual = {"MAIL": "250 ok", "RCPT": "250 ok", "DATA": "354 go on", "end": "250 ok"}[step]
    server = FaultServer({step: [refusal, usual]})
    answers, alive = go(two(server))
    assert [answer.outcome is O.accepted for answer in answers] == [False, True]
    assert alive
    assert server.talks == 1
    assert server.letters[-1].recipients == (OTHER,)
    assert server.count("RSET") == (0 if step == "end" else 1)


def test_two_good_letters_need_no_reset_between_them() -> None:
    server = FaultServer()
    answers, _ = go(two(server))
    assert [answer.outcome for answer in answers] == [O.accepted, O.accepted]
    assert server.count("RSET") == 0


@pytest.mark.parametrize("deed", ["421 idle too long", Deed.drop, "502 unknown", "what?"])
def test_a_reset_that_fails_is_not_the_second_letters_fault(deed: str | Deed) -> None:
    server = FaultServer({"RCPT": ["550 5.1.1 no such user", "250 ok"], "RSET": deed})
    answers, _ = go(two(server))
    assert [answer.outcome for answer in answers] == [O.refused, O.channel]
    assert server.letters == []


def test_the_answer_to_a_cancelled_letter_is_never_taken_for_the_next_ones() -> None:
    async def work() -> tuple[bool, Answer | None]:
        server = FaultServer({"end": Deed.hang})
        async with server, connect(channel(server, patience=9.0)) as line:
            assert await line.offer(SENDER, READER) is None
            waiting = asyncio.ensure_future(line.hand_over(MIME))
            while not server.letters:
                await asyncio.sleep(0.005)
            waiting.cancel()
            with pytest.raises(asyncio.CancelledError):
                await waiting
            return line.alive, await line.offer(SENDER, OTHER)

    alive, answer = go(work())
    assert not alive
    assert answer is not None
    assert answer.outcome is O.channel


def test_a_letter_is_waited_for_longer_than_a_command() -> None:
    async def work() -> float:
        loop = asyncio.get_running_loop()
        server = FaultServer({"end": Deed.hang})
        async with server, connect(channel(server, timeout=0.05, patience=0.4)) as line:
            assert await line.offer(SENDER, READER) is None
            start = loop.time()
            assert (await line.hand_over(MIME)).outcome is O.uncertain
            return loop.time() - start

    assert go(work()) > 0.35


def test_words_of_the_server_are_kept_harmless_and_short() -> None:
    answer = told({"RCPT": "550 5.7.1 a\x00b\udcff\x1b[31m" + "x" * 2000}).answer
    assert answer.text.startswith("5.7.1 a␀b\ufffd␛[31m")
    assert len(answer.text) == 1000


def test_addresses_that_are_none_never_reach_the_wire() -> None:
    async def work() -> list[str]:
        server = FaultServer()
        async with server, connect(channel(server)) as line:
            for bad in ("a@x.cn>\r\nRCPT TO:<b@x.cn", "a@x.cn,b@x.cn", "", "a b@x.cn"):
                with pytest.raises(BadInput):
                    await line.offer(SENDER, bad)
        return server.commands

    assert [command.split(" ")[0] for command in go(work())] == ["EHLO", "QUIT"]


@pytest.mark.parametrize("name", ["a\r\nMAIL FROM:<x@y.cn>", "", "a b"])
def test_the_ehlo_name_cannot_carry_a_command(name: str) -> None:
    with pytest.raises(BadInput, match="EHLO"):
        Channel("127.0.0.1", 25, tls=Tls.none, ehlo_name=name)


@pytest.mark.parametrize(
    ("host", "local"),
    [
        ("localhost", True),
        ("127.0.0.1", True),
        ("127.8.9.1", True),
        ("::1", True),
        ("localhost.example.cn", False),
        ("10.0.0.1", False),
        ("0.0.0.0", False),
        ("", False),
    ],
)
def test_loopback_is_this_machine_only(host: str, local: bool) -> None:
    assert is_loopback(host) is local
