"""Addresses: exactly one that fits an envelope, or a sentence that says which one does not."""

import string
from datetime import UTC, datetime
from email.utils import getaddresses

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from guapai.errors import BadInput
from notifications.post.sealing import Content, Sender, mailbox, seal

AT = datetime(2026, 3, 1, 8, 0, tzinfo=UTC)
SENDER = Sender("post@guapai.example", "临江市督办平台", "guapai.example")


def to(address: str) -> Content:
    return Content(address, "王五", "挂牌督办通知", "正文", "<p>正文</p>")


@pytest.mark.parametrize(
    ("address", "fit"),
    [
        ("wang@example.cn", "wang@example.cn"),
        ("wang.wu+a@mail.example.cn", "wang.wu+a@mail.example.cn"),
        ("a!#$%&'*+/=^_`{|}~-b@x.cn", "a!#$%&'*+/=^_`{|}~-b@x.cn"),
        ("a@例子.测试", "a@xn--fsqu00a.xn--0zwm56d"),
        ("a@" + "b" * 63 + ".cn", "a@" + "b" * 63 + ".cn"),
    ],
)
def test_addresses_that_fit(address: str, fit: str) -> None:
    assert mailbox(address) == fit
    assert seal(to(address), letter_id=7, sender=SENDER, at=AT).recipient == fit


@pytest.mark.parametrize(
    "address",
    [
        "",
        "wang",
        "@example.cn",
        "wang@",
        "a@b@c.cn",
        "a b@x.cn",
        " a@x.cn",
        "a@x.cn\n",
        "a@x.cn\r\nBcc: b@x.cn",
        "a@x.cn,b@x.cn",
        "a@x.cn;b@x.cn",
        "王五 <a@x.cn>",
        "<a@x.cn>",
        '"a b"@x.cn',
        "安全@x.cn",
        "a@[127.0.0.1]",
        "a@x..cn",
        "a@-x.cn",
        ".a@x.cn",
        "a.@x.cn",
        "a@x.cn.",
        "=?utf-8?q?a?=@x.cn",
        "a\x00@x.cn",
        "a" * 65 + "@x.cn",
        "a@" + "b" * 64 + ".cn",
        "a" * 60 + "@" + ".".join(["b" * 60] * 4),
        "a@\ud800.cn",
    ],
)
def test_addresses_that_cannot_be_used_are_refused_with_a_sentence(address: str) -> None:
    with pytest.raises(BadInput, match="邮箱地址") as refusal:
        seal(to(address), letter_id=7, sender=SENDER, at=AT)
    assert not set(str(refusal.value)) & set("\r\n\0")


@settings(max_examples=150, deadline=None, database=None)
@given(st.text(string.printable + "王\u202e\x85", max_size=30))
def test_an_address_is_refused_or_stands_alone_in_an_envelope(text: str) -> None:
    try:
        fit = mailbox(f"{text}@example.cn")
    except BadInput:
        return
    assert not set(fit) & set(' \t\r\n<>,;:()[]"\\')
    assert getaddresses([fit]) == [("", fit)]
