"""The replies of big mailboxes of the country, and whom each belongs to."""

import pytest

from notifications.post.answers import Outcome, Stage, judged
from notifications.post.replies import legible
from tests.notifications.post.fault_server import told

O, S = Outcome, Stage  # noqa: E741

# who says it, at which step, the code, the words, whose trouble it is
REPLIES: list[tuple[str, Stage, int, str, Outcome]] = [
    ("163", S.recipient, 421, "HL:ICC 163 mx1,too many connections", O.slowed),
    ("163", S.recipient, 421, "HL:IFC 163 mx2", O.slowed),
    ("163", S.recipient, 421, "HL:REP 163 mx3", O.slowed),
    ("163", S.sender, 450, "MI:DMC 163 smtp4", O.slowed),
    ("163", S.sender, 450, "MI:CEL 163 smtp4", O.slowed),
    ("163", S.recipient, 450, "RP:DRC 163 smtp5", O.slowed),
    ("163", S.recipient, 450, "DT:RBL 163 smtp5", O.slowed),
    ("163", S.sender, 451, "MI:SFQ 163 smtp6", O.slowed),
    ("163", S.end, 451, "DT:SPM 163 smtp7,please try again", O.later),
    ("163", S.end, 554, "DT:SPM 163 smtp8", O.rejected),
    ("163", S.end, 554, "DT:SUM 163 smtp8", O.rejected),
    ("163", S.recipient, 550, "RP:TRC 163 mx9", O.slowed),
    ("163", S.recipient, 550, "User not found: wang@163.com", O.refused),
    ("163", S.recipient, 550, "User suspended", O.refused),
    ("163", S.recipient, 554, "IP is rejected, HL:IPB", O.slowed),
    ("126", S.recipient, 552, "Quota exceeded", O.later),
    (
        "qq",
        S.recipient,
        550,
        "Mailbox not found. http://service.mail.qq.com/?no=1000728",
        O.refused,
    ),
    ("qq", S.recipient, 550, "Ip frequency limited", O.slowed),
    ("qq", S.recipient, 550, "Connection frequency limited", O.slowed),
    ("qq", S.recipient, 550, "Domain frequency limited", O.slowed),
    ("qq", S.recipient, 550, "Sender frequency limited", O.slowed),
    ("qq", S.recipient, 550, "Suspected spam sender", O.slowed),
    ("qq", S.recipient, 550, "Suspected bounce attacks", O.slowed),
    ("qq", S.recipient, 550, "Mailbox unavailable or access denied", O.slowed),
    ("qq", S.recipient, 550, "Mail is rejected by recipients", O.rejected),
    ("qq", S.recipient, 550, "SPF check failed", O.slowed),
    ("qq", S.end, 550, "DMARC check failed", O.slowed),
    ("qq", S.end, 550, "Mail content denied", O.rejected),
    ("qq", S.end, 550, "Connection frequency limited", O.slowed),
    ("sina", S.recipient, 550, "mailbox unavailable", O.refused),
    ("sina", S.recipient, 550, "user is locked", O.refused),
    ("sina", S.recipient, 550, "black ip", O.slowed),
    ("sina", S.recipient, 451, "out of allow RCPT numbers", O.slowed),
    ("sina", S.recipient, 553, "host denies the sender", O.rejected),
    ("sina", S.end, 552, "message rejected by anti-spam engine", O.rejected),
    ("aliyun", S.recipient, 554, "Reject by behaviour spam at Rcpt State: bad sending", O.slowed),
    (
        "aliyun",
        S.end,
        554,
        "Reject by behaviour spam ANTISPAM_BAT: too frequently sending",
        O.slowed,
    ),
    (
        "aliyun",
        S.data,
        454,
        "Transient reject by behaviour spam: currently unexpected sending",
        O.slowed,
    ),
    ("aliyun", S.recipient, 505, "the total of RCPTs is achieved the maximum threshold", O.slowed),
    ("aliyun", S.recipient, 550, "No such user", O.refused),
    ("aliyun", S.recipient, 552, "mail box space not enough", O.later),
    ("coremail", S.recipient, 550, "您的发信频率过快，请稍后再试", O.slowed),
    ("coremail", S.recipient, 550, "收件人邮箱已满", O.later),
    ("coremail", S.recipient, 550, "收件人不存在", O.refused),
    ("coremail", S.recipient, 550, "exceeded hour limit", O.slowed),
    ("coremail", S.recipient, 550, "该IP疑似发送垃圾邮件，连接被拒绝", O.slowed),
    ("coremail", S.recipient, 550, "rejected by local policy", O.slowed),
    ("coremail", S.recipient, 450, "4.2.0 greylisted, try again in 300 seconds", O.later),
    ("outlook", S.recipient, 451, "4.7.650 The mail server has been rate limited", O.slowed),
    ("outlook", S.recipient, 421, "RP-001 exceeded the maximum number of connections", O.slowed),
    ("outlook", S.recipient, 550, "5.7.606 Access denied, banned sending IP", O.slowed),
    (
        "outlook",
        *(S.recipient, 550),
        "5.7.1 Unfortunately, messages from [192.0.2.1] weren't sent; on our block list (S3140)",
        O.slowed,
    ),
    (
        "outlook",
        S.recipient,
        550,
        "5.5.0 Requested action not taken: mailbox unavailable",
        O.refused,
    ),
    ("outlook", S.recipient, 550, "5.1.10 RESOLVER.ADR.RecipientNotFound", O.refused),
]


@pytest.mark.parametrize(
    ("who", "stage", "code", "words", "outcome"),
    REPLIES,
    ids=[f"{who}-{stage}-{code} {words}"[:50] for who, stage, code, words, _ in REPLIES],
)
def test_a_reply_belongs_to_the_right_side(
    who: str, stage: Stage, code: int, words: str, outcome: Outcome
) -> None:
    assert judged(stage, code, words).outcome is outcome, f"{who} said it"


def test_there_are_enough_replies_to_tell() -> None:
    assert len(REPLIES) >= 36


def test_a_reply_in_gb_18030_is_read_as_it_was_meant() -> None:
    said = "550 用户不存在".encode("gb18030")
    done = told({"RCPT": said.decode("utf-8", "surrogateescape")})
    assert (done.answer.outcome, done.answer.text) == (O.refused, "用户不存在")
    assert legible("發信頻率".encode()) == "發信頻率"
    assert legible(b"\xff\xff") == "\ufffd\ufffd"
