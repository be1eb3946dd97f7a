"""Sealing: what a person typed reaches the reader as typed, and never becomes a header."""

import hashlib
import re
from dataclasses import replace
from datetime import UTC, datetime
from email import message_from_bytes
from email.header import decode_header, make_header
from email.message import Message
from email.policy import SMTP, compat32
from email.utils import getaddresses
from typing import cast

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from guapai.errors import BadInput
from guapai.text import isolated, many_lines, one_line
from notifications.post.sealing import Content, Sealed, Sender, read_back, seal

AT = datetime(2026, 3, 1, 8, 0, tzinfo=UTC)
SENDER = Sender("post@guapai.example", "临江市督办平台", "guapai.example")
LETTER = Content(
    recipient="wang@example.cn",
    recipient_name="王五",
    subject="挂牌督办通知",
    text="第一行\n第二行",
    html="<p>第一行<br>第二行</p>",
)
NAMES = [
    "From",
    "To",
    "Subject",
    "Date",
    "Message-ID",
    "MIME-Version",
    "Content-Type",
    "Auto-Submitted",
    "X-Auto-Response-Suppress",
]
HOSTILE = {
    "encoded line end": "通知=?UTF-8?Q?=0A?=Bcc: x@example.com",
    "encoded line end, base64": "=?utf-8?b?Cg==?=Bcc: x@example.com",
    "split encoded word": "=?utf-8?q?a?= \r\n =?utf-8?q?=0D=0A?= Bcc: x@example.com",
    "CR LF": "通知\r\nBcc: x@example.com",
    "lone CR": "通知\rBcc: x@example.com",
    "lone LF": "通知\nBcc: x@example.com",
    "folded": "通知\r\n Bcc: x@example.com",
    "empty line": "通知\r\n\r\n<script>1</script>",
    "VT and FF": "通知\x0bBcc: x@example.com\x0cBcc: y@example.com",
    "separators": "a\x1cBcc: x@y.cn\x1dBcc: x@y.cn\x1eBcc: x@y.cn",
    "Unicode line ends": "a\x85Bcc: x@y.cn\u2028Bcc: x@y.cn\u2029Bcc: x@y.cn",
    "NUL": "通\x00知",
    "DEL and escape": "通\x7f知\x1b[31m",
    "right to left": "通知\u202excod.exe",
    "rare characters": "𠮷龘㐂厂",
    "emoji": "👷🏽‍♀️🔥",
    "template": "{{7*7}} {% raw %} ${7*7} #{7*7}",
    "mark-up": "<img src=x onerror=alert(1)>",
    "address list": "王五 <x@example.com>, y@example.com; z@example.com",
    "quotes": 'a" <x@example.com>, "b',
    "comment": "(a\\) <x@example.com>",
    "group": "undisclosed: x@example.com;",
    "lone surrogate": "通\ud800知",
    "long": "重大事故隐患" * 900,
    "long without a gap": "x" * 5000,
    "only blanks": " \t ",
    "nothing": "",
}


def sealed(**changes: object) -> Sealed:
    return seal(replace(LETTER, **changes), letter_id=7, sender=SENDER, at=AT)  # type: ignore[arg-type]


def opened(mime: bytes) -> Message:
    return message_from_bytes(mime, policy=compat32)


def words(header: object) -> str:
    return str(make_header(decode_header(str(header))))


def decoded_parts(mail: Message) -> list[tuple[str, str]]:
    parts = cast(list[Message], mail.get_payload())
    return [
        (part.get_content_type(), cast(bytes, part.get_payload(decode=True)).decode())
        for part in parts
    ]


def assert_harmless(mime: bytes) -> None:
    """Two parsers, the old and the new one, see the headers that were meant and one recipient."""
    old = opened(mime)
    assert old.keys() == NAMES
    assert [a for _, a in getaddresses(old.get_all("To", []))] == ["wang@example.cn"]
    new = message_from_bytes(mime, policy=SMTP)
    assert new.keys() == NAMES
    assert [a.addr_spec for a in new["To"].addresses] == ["wang@example.cn"]
    assert [a.addr_spec for a in new["From"].addresses] == [SENDER.address]
    head = mime.partition(b"\r\n\r\n")[0]
    assert b"Bcc" not in head
    assert_wire_safe(mime)


def assert_wire_safe(mime: bytes) -> None:
    assert mime.endswith(b"\r\n")
    assert mime.isascii()
    bare = mime.replace(b"\r\n", b"")
    assert b"\r" not in bare and b"\n" not in bare and b"\0" not in bare
    assert max(len(line) for line in mime.split(b"\r\n")) <= 76


@pytest.mark.parametrize("field", ["subject", "recipient_name"])
@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE.keys())
def test_hostile_words_stay_words(field: str, text: str) -> None:
    mime = sealed(**{field: text}).mime
    assert_harmless(mime)
    mail = opened(mime)
    shown = isolated(one_line(text))
    if field == "subject":
        assert words(mail["Subject"]) == shown
    else:
        [(name, _)] = getaddresses([str(mail["To"])])
        assert words(name.replace("\r\n", "")) == shown


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE.keys())
def test_a_hostile_sender_name_stays_a_name(text: str) -> None:
    sender = replace(SENDER, display=text)
    assert_harmless(seal(LETTER, letter_id=7, sender=sender, at=AT).mime)


@pytest.mark.parametrize("text", HOSTILE.values(), ids=HOSTILE.keys())
def test_hostile_bodies_stay_bodies(text: str) -> None:
    mime = sealed(text=text, html=text).mime
    assert_harmless(mime)
    ended = many_lines(text).replace("\n", "\r\n") + "\r\n"
    assert decoded_parts(opened(mime)) == [("text/plain", ended), ("text/html", ended)]


def test_what_a_person_typed_is_shown_as_typed() -> None:
    typed = {
        "通知=?UTF-8?Q?=0A?=Bcc: x@example.com": "通知=?UTF-8?Q?=0A?=Bcc: x@example.com",
        "通知\r\nBcc: x": "通知␍␊Bcc: x",
        "通\x00知\x7f": "通␀知␡",
        "𠮷龘": "𠮷龘",
        "{{7*7}}": "{{7*7}}",
        "<img onerror>": "<img onerror>",
        "a\u202eb": "\u2068a\u202eb\u2069",
    }
    for text, shown in typed.items():
        assert words(opened(sealed(subject=text).mime)["Subject"]) == shown


@pytest.mark.parametrize("text", ["plain", "=?utf-8?q?plain?=", "a_b=c?d", "临江 plain"])
def test_every_title_is_base64_so_that_none_shows_signs_of_its_own(text: str) -> None:
    lines = sealed(subject=text).mime.decode().split("\r\n")
    [line] = [line for line in lines if line.startswith("Subject: ")]
    assert re.fullmatch(r"Subject: =\?utf-8\?b\?[A-Za-z0-9+/=]+\?=", line)


def test_body_lines_that_look_like_the_end_of_a_part_do_not_end_it() -> None:
    text = "--=_letter_7--\r\n--=_letter_7\r\nContent-Type: text/html\r\n\r\n.\r\nx"
    mail = opened(sealed(text=text).mime)
    assert [kind for kind, _ in decoded_parts(mail)] == ["text/plain", "text/html"]
    assert decoded_parts(mail)[0][1] == text + "\r\n"


@settings(max_examples=150, deadline=None, database=None)
@given(
    subject=st.text(max_size=120) | st.text("=?utf8QqBb_0AD\r\n :Bcc@.", max_size=60),
    name=st.text(max_size=60) | st.text('=?utf8qb"<>,;:()\\@ a', max_size=60),
    text=st.text(max_size=80),
)
def test_no_words_at_all_can_add_a_header(subject: str, name: str, text: str) -> None:
    mime = sealed(subject=subject, recipient_name=name, text=text).mime
    assert_harmless(mime)
    assert words(opened(mime)["Subject"]) == isolated(one_line(subject))


def test_the_same_letter_always_gives_the_same_bytes() -> None:
    first, again = sealed(), sealed()
    assert first == again
    assert first.sha256 == hashlib.sha256(first.mime).hexdigest()
    # fixed for good: a letter sealed by an older version must be recognised by its hash
    assert first.mime.partition(b"\r\n\r\n")[0].decode().split("\r\n") == [
        "From: =?utf-8?b?5Li05rGf5biC552j5Yqe5bmz5Y+w?= <post@guapai.example>",
        "To: =?utf-8?b?546L5LqU?= <wang@example.cn>",
        "Subject: =?utf-8?b?5oyC54mM552j5Yqe6YCa55+l?=",
        "Date: Sun, 01 Mar 2026 16:00:00 +0800",
        "Message-ID: <letter-7@guapai.example>",
        "MIME-Version: 1.0",
        'Content-Type: multipart/alternative; boundary="=_letter_7"',
        "Auto-Submitted: auto-generated",
        "X-Auto-Response-Suppress: All",
    ]


def test_the_time_zone_of_the_machine_does_not_matter() -> None:
    from_utc = sealed()
    local = seal(LETTER, letter_id=7, sender=SENDER, at=AT.astimezone())
    assert from_utc.mime == local.mime
    with pytest.raises(ValueError, match="aware"):
        seal(LETTER, letter_id=7, sender=SENDER, at=AT.replace(tzinfo=None))


def test_another_letter_has_another_message_id_and_another_hash() -> None:
    other = seal(LETTER, letter_id=8, sender=SENDER, at=AT)
    assert other.message_id == "<letter-8@guapai.example>"
    assert other.sha256 != sealed().sha256


def test_statutory_leaves_no_mark_in_the_mail() -> None:
    assert sealed(statutory=True).mime == sealed().mime


def test_an_earlier_letter_is_quoted() -> None:
    mail = opened(sealed(references="<letter-1@guapai.example>").mime)
    assert mail["In-Reply-To"] == mail["References"] == "<letter-1@guapai.example>"


@pytest.mark.parametrize(
    "references",
    ["", "letter-1@guapai.example", "<a@b>\r\nBcc: x@y.cn", "<a@b> <c@d>", "<=?utf-8?q?=0A?=@b>"],
)
def test_an_earlier_id_that_is_none_is_refused(references: str) -> None:
    with pytest.raises(BadInput):
        sealed(references=references)


def test_a_domain_of_ours_that_is_none_is_refused() -> None:
    for domain in ("", "a b", "x>\r\nBcc: a@b.cn"):
        with pytest.raises(BadInput, match="域名"):
            seal(LETTER, letter_id=1, sender=replace(SENDER, domain=domain), at=AT)


@pytest.mark.parametrize(
    "head",
    [
        b"To: a@x.cn\r\nSubject: x\r\nBcc: b@x.cn\r\n",
        b"To: a@x.cn, b@x.cn\r\nSubject: x\r\n",
        b"To: a@x.cn\r\nTo: b@x.cn\r\nSubject: x\r\n",
        b"Subject: x\r\nTo: a@x.cn\r\n",
        b"To: a@x.cn\r\nSubject: x\nBcc: b@x.cn\r\n",
        b"To: a@x.cn\r\nSubject: x\rBcc: b@x.cn\r\n",
        b"To: a@x.cn\r\nSubject: x\r\n\r\nbody\r\n",
        b"To: a@x.cn\r\nSubject: x",
        b"To: a@x.cn\r\nSubject: x\r\nno header\r\n",
        b"To: a@x.cn\r\nSubject: " + b"x" * 1000 + b"\r\n",
        b"To: c@x.cn\r\nSubject: x\r\n",
    ],
)
def test_read_back_sees_every_difference(head: bytes) -> None:
    with pytest.raises(BadInput, match="未封发"):
        read_back(head, names=["To", "Subject"], recipient="a@x.cn")


def test_read_back_is_content_with_what_was_meant() -> None:
    read_back(b"To: a@x.cn\r\nSubject: x\r\n", names=["To", "Subject"], recipient="a@x.cn")
