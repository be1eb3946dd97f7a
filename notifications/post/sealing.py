"""Sealing: the words of a letter become the bytes of a mail, once, and nobody can add a header."""

import base64
import hashlib
import re
from dataclasses import dataclass
from datetime import datetime
from email.charset import BASE64, Charset
from email.header import Header
from email.parser import BytesHeaderParser
from email.policy import compat32
from email.utils import format_datetime, getaddresses

from guapai.clock import local_time
from guapai.errors import BadInput
from guapai.text import Said, isolated, many_lines, one_line

_LONGEST_LINE = 998  # octets without CRLF, RFC 5322 §2.1.1
_LONGEST_ADDRESS = 254  # a path of 256 octets less its angle brackets, RFC 5321 §4.5.3.1.3
_FOLD = 76  # columns, RFC 2047 §2

_ATOM = r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+"
_LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
_LOCAL = re.compile(rf"{_ATOM}(?:\.{_ATOM})*")
_DOMAIN = re.compile(rf"{_LABEL}(?:\.{_LABEL})*")
_MESSAGE_ID = re.compile(r"<[A-Za-z0-9._-]{1,200}@[A-Za-z0-9.-]{1,253}>")

# Always base64: with the default (the shorter of Q and B) plain ASCII would show its own letters,
# and what a user typed as `=?…?=` must reach the reader as typed (CVE-2024-6923).
_UTF8 = Charset("utf-8")
_UTF8.header_encoding = BASE64

_HEADERS = BytesHeaderParser(policy=compat32)


@dataclass(frozen=True, slots=True)
class Sender:
    """Who writes: the mailbox, the name shown beside it, and the domain of our Message-IDs."""

    address: str
    display: str
    domain: str


@dataclass(frozen=True, slots=True)
class Content:
    """What an act has to say to one person, as stored in its transaction.

    ``statutory`` decides what the post does when an answer is lost (design §6); it leaves no mark
    in the mail. ``references`` is the Message-ID of an earlier letter of the same matter, or None.
    """

    recipient: str
    recipient_name: str
    subject: str
    text: str
    html: str
    statutory: bool = False
    references: str | None = None


@dataclass(frozen=True, slots=True)
class Sealed:
    """A mail that never changes again: every try sends these bytes under this Message-ID."""

    message_id: str
    date: datetime
    sha256: str
    mime: bytes
    recipient: str


def seal(
    letter: Content, *, letter_id: int, sender: Sender, at: datetime, epoch: str = ""
) -> Sealed:
    """Seal a letter: the same letter, id, epoch, sender and instant always give the same bytes.

    ``at`` is an aware instant and becomes the Date. ``epoch`` names the life of the database that
    gave the id: a restored one gives ids anew, and receivers drop a Message-ID they have seen.
    Raises BadInput when an address, the domain or the earlier Message-ID cannot stand in a header,
    or when the finished headers do not read back as exactly what was meant, and ValueError for an
    instant without a zone.
    """
    if at.tzinfo is None:
        raise ValueError("a letter is sealed at an aware instant: its Date must not depend on TZ")
    recipient = mailbox(letter.recipient)
    local = f"letter-{letter_id}.{epoch}" if epoch else f"letter-{letter_id}"
    message_id = f"<{local}@{_domain(sender.domain)}>"
    boundary = f"=_letter_{letter_id}"  # `_` is no base64 sign, so no body line can equal it
    headers = [
        ("From", _person("From", sender.display, mailbox(sender.address))),
        ("To", _person("To", letter.recipient_name, recipient)),
        ("Subject", _words("Subject", letter.subject)),
        ("Date", format_datetime(local_time(at))),
        ("Message-ID", message_id),
        *_thread(letter.references),
        ("MIME-Version", "1.0"),
        ("Content-Type", f'multipart/alternative; boundary="{boundary}"'),
        ("Auto-Submitted", "auto-generated"),
        ("X-Auto-Response-Suppress", "All"),
    ]
    head = "".join(f"{name}: {value}\r\n" for name, value in headers).encode("ascii")
    read_back(head, names=[name for name, _ in headers], recipient=recipient)
    body = _part(boundary, "plain", letter.text) + _part(boundary, "html", letter.html)
    mime = head + b"\r\n" + body + f"--{boundary}--\r\n".encode("ascii")
    return Sealed(message_id, at, hashlib.sha256(mime).hexdigest(), mime, recipient)


def unfit_sender(sender: Sender) -> str:
    """What keeps a sender from standing in any letter; empty when nothing does.

    To be asked before letters are looked at: what is wrong with us is no letter's fault.
    """
    try:
        mailbox(sender.address)
        _domain(sender.domain)
    except BadInput as error:
        return str(error)
    return ""


def mailbox(address: str) -> str:
    """One address fit for an envelope, its domain in ASCII form.

    Raises BadInput for anything else: two addresses, blanks, line ends, quoted or non-ASCII local
    parts (no SMTPUTF8), address literals, and `=?`, which some servers decode (RFC 2047 §5).
    """
    local, at, domain = address.rpartition("@")
    fits = at and len(local) <= 64 and "=?" not in address and _LOCAL.fullmatch(local)
    if not fits:
        raise _unfit(address)
    try:
        fit = f"{local}@{_domain(domain)}"
    except BadInput:
        raise _unfit(address) from None
    if len(fit) > _LONGEST_ADDRESS:
        raise _unfit(address)
    return fit


def read_back(head: bytes, *, names: list[str], recipient: str) -> None:
    """Parse a finished header block (no blank line) as a receiver would, and compare.

    Raises BadInput unless it has exactly these names in this order, one recipient and nothing
    that could be read as a body (pitfalls A2: a CR/LF check on the input is not enough).
    """
    lines = head.split(b"\r\n")
    parsed = _HEADERS.parsebytes(head)
    people = getaddresses([str(value) for value in parsed.get_all("To", [])])
    honest = (
        lines[-1] == b""
        and all(line.strip() and len(line) <= _LONGEST_LINE for line in lines[:-1])
        and not any(b"\r" in line or b"\n" in line for line in lines)
        and parsed.keys() == names
        and not parsed.defects
        and not parsed.get_payload()
        and [address for _, address in people] == [recipient]
    )
    if not honest:
        raise BadInput("信头与原意不符，为防止被添加收件人，此信未封发；请检查标题和收件人姓名")


def _unfit(address: str) -> BadInput:
    return BadInput(
        Said(
            "邮箱地址“%(address)s”无法使用，请填写一个完整的邮箱地址",
            address=isolated(one_line(address))[:80],
        )
    )


def _domain(text: str) -> str:
    try:
        domain = text if text.isascii() else text.encode("idna").decode("ascii")
    except UnicodeError:
        domain = ""
    if len(domain) > 253 or not _DOMAIN.fullmatch(domain):
        raise BadInput(
            Said("域名“%(domain)s”无法使用，请填写正确的域名", domain=isolated(one_line(text))[:80])
        )
    return domain


def _words(header: str, text: str) -> str:
    shown = isolated(one_line(text))
    if not shown:
        return ""
    return Header(shown, _UTF8, maxlinelen=_FOLD, header_name=header).encode(linesep="\r\n")


def _person(header: str, name: str, address: str) -> str:
    words = _words(header, name)
    if not words:
        return address
    # The address stays outside the encoded word: some servers show an encoded one raw.
    last = len(words.rpartition("\n")[2]) + len(header) + 2
    gap = " " if last + len(address) + 3 <= _FOLD else "\r\n "
    return f"{words}{gap}<{address}>"


def _thread(references: str | None) -> list[tuple[str, str]]:
    if references is None:
        return []
    if not _MESSAGE_ID.fullmatch(references):
        raise BadInput("所引前信的编号不合格式，此信未封发")
    return [("In-Reply-To", references), ("References", references)]


def _part(boundary: str, kind: str, text: str) -> bytes:
    # Text is canonical (CRLF) before it is encoded, RFC 2045 §6.8.
    canonical = many_lines(text).replace("\n", "\r\n") + "\r\n"
    encoded = base64.encodebytes(canonical.encode()).replace(b"\n", b"\r\n")
    opening = (
        f"--{boundary}\r\n"
        f'Content-Type: text/{kind}; charset="utf-8"\r\n'
        "Content-Transfer-Encoding: base64\r\n\r\n"
    )
    return opening.encode("ascii") + encoded
