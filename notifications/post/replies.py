"""Replies in words: what a mail server's sentence is about, where its code alone does not tell.

Big Chinese mailboxes answer a bare 550 to a bad address and to a sender that is too busy alike
(QQ: "550 Mailbox not found", "550 Ip frequency limited"), and name the trouble by codes of their
own (NetEase: two letters for the step, three for the reason). Words are from their published lists
of replies and from logs that people have published.
"""

import re
from enum import Enum


class About(Enum):
    """What a sentence is about."""

    greylist = "come again: every new sender hears this once"
    full = "the mailbox has no room"
    sending = "how much and how fast we send"
    standing = "who sends: our server, its reputation, a list it is on, a proof it lacks"
    content = "what the letter says"
    policy = "a rule of theirs that is not told"
    unwanted = "this reader does not want it from us"
    address = "the mailbox is not there, or is shut"


_WORDS: tuple[tuple[About, str], ...] = (
    (About.greylist, r"gr[ae]y ?-?list|postgrey|\bgr[ae]y\b|灰名单"),
    (
        About.full,
        r"mail ?box (?:is |was )?(?:full|over quota)|over ?-?quota|(?<!sending )quota exceeded"
        r"|insufficient (?:mailbox )?storage|(?:no|not) enough space|space not enough"
        r"|exceed the hard limit for user|mailbox size limit|邮箱(?:已满|空间不足)|容量(?:已满|不足)",
    ),
    (
        About.sending,
        r"\b(?:HL:(?:ICC|IFC|IFQ)|MI:(?:DMC|CCL|CEL|SFQ)|RP:(?:DRC|CCL|CEL))\b"
        r"|frequen|too (?:many|much|fast|often)|rate ?-?limit|throttl|unusual rate"
        r"|exceed(?:ed|s)? (?:the )?(?:hour|dai|day|minute|sending|rate|connection|max)"
        r"|(?:hour|dai?ly|day|sending) (?:limit|quota)|connection (?:limit|refus|count)"
        r"|maximum threshold|unexpected sending|(?:server|system) busy"
        r"|频率|频繁|过快|过多|超过.{0,12}(?:限制|上限|数量)|发信量|连接数|并发",
    ),
    (
        About.standing,
        r"\b(?:HL:(?:REP|MEP|IHU|IPB)|DT:RBL|WM:BLI)\b|block ?-?list|black ?-?list|\brbl\b"
        r"|black ip|banned|reputation|spamhaus|suspect|behaviou?r spam|bad sending|relay"
        r"|unfortunately, messages from|host .{0,40}blocked|\bip\b.{0,30}(?:reject|block|den|hang)"
        r"|invalid ip|\bspf\b|dkim|dmarc|auth|信誉|黑名单|可疑|疑似|拦截|封禁|发信IP",
    ),
    (
        About.content,
        r"\b(?:DT:SPM|DT:SUM)\b|content (?:denied|reject)|spam|same size mails|virus|垃圾|正文|违规",
    ),
    (About.policy, r"polic|\b[A-Z]{2}:[A-Z]{3}\b|策略"),
    (
        About.unwanted,
        r"denied|denies|block|rejected|local user only|not (?:permitted|allowed)|拒收",
    ),
    (
        About.address,
        r"no such|(?:user|mailbox|recipient|account|address) (?:is )?(?:unknown|not (?:found|exist)"
        r"|unavailable|does ?n[o']t exist|disabled|suspended|locked|hangup)|unknown (?:user|recipient)"
        r"|does not exist|invalid (?:user|mailbox|recipient)|不存在|无此|停用",
    ),
)
_ORDER = [(meant, re.compile(words, re.IGNORECASE)) for meant, words in _WORDS]
_BOTH = re.compile(r"unavailable or access denied", re.IGNORECASE)  # QQ: too many letters to one


def about(text: str) -> About | None:
    """What the sentence of a reply is about; None when its words tell nothing."""
    if _BOTH.search(text):
        return About.sending
    return next((meant for meant, words in _ORDER if words.search(text)), None)


def legible(reply: bytes) -> str:
    """A reply as text: UTF-8, else GB 18030, which older mailboxes of the country write."""
    for encoding in ("utf-8", "gb18030"):
        try:
            return reply.decode(encoding)
        except UnicodeDecodeError:
            continue
    return reply.decode("utf-8", "replace")
