"""Passwords: which are good enough, how they are hashed, and the first one somebody is given."""

import re
import secrets
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta
from threading import BoundedSemaphore

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from zxcvbn import zxcvbn

from guapai.errors import BadInput, Busy, GuapaiError
from guapai.text import Said
from storage.database.work import Work
from storage.history import access
from storage.history.access import Access, Outcome
from storage.people import password as passwords
from storage.people import session as sessions

LEAST, MOST = 10, 64
"""How many characters a password has (own; ASVS 6.2.1 asks for at least 8)."""
_KINDS = (r"[a-z]", r"[A-Z]", r"\d", r"[^A-Za-z\d]")
_STRONG = 10**10
"""So many tries a password must withstand, as zxcvbn counts them (between its scores 3 and 4)."""

SPAN = timedelta(minutes=15)
TRIES = 10
"""Tries within the span, of one person from devices unknown to them, or from one known (own)."""


class TooManyTries(GuapaiError):
    """Tried too often; nothing was compared. ``person_id``: for whom, if that is somebody."""

    status = 429

    def __init__(self, said: str, person_id: int | None = None) -> None:
        super().__init__(said)
        self.person_id = person_id


_HASHER = PasswordHasher(time_cost=3, memory_cost=64 * 1024, parallelism=1)
"""argon2id with 64 MiB (RFC 9106, second recommendation, one lane)."""
AT_ONCE = 2
"""So many hashes are made at once, so that a crowd at the door cannot eat the memory."""
_PLACES = BoundedSemaphore(AT_ONCE)
_PATIENCE = 5.0
"""Seconds somebody waits for their turn; the pages let no more in than have one (own)."""
_COST = f"m={_HASHER.memory_cost},t={_HASHER.time_cost},p={_HASHER.parallelism}"
_NOBODY = f"$argon2id$v=19${_COST}${'A' * 22}${'A' * 43}"
"""What is compared with when there is nobody, so that it takes as long; no password is known for it."""


@contextmanager
def _place() -> Iterator[None]:
    if not _PLACES.acquire(timeout=_PATIENCE):
        raise Busy("现在登录的人较多，请稍候再试")
    try:
        yield
    finally:
        _PLACES.release()


def hashed(password: str) -> str:
    """The hash to keep. Raises Busy when too many others are made."""
    with _place():
        return _HASHER.hash(password)


def fits(kept: str | None, password: str) -> bool:
    """Whether a password is the one of a hash; None takes as long and never fits. Raises Busy."""
    with _place():
        try:
            return _HASHER.verify(kept or _NOBODY, password) and kept is not None
        except (VerificationError, InvalidHashError):
            return False


def check(password: str, about: Sequence[str] = ()) -> None:
    """Raise BadInput unless a password is good; ``about`` are words it must not be made of.

    GB/T 22239-2019 asks for complexity: three of four kinds of signs. zxcvbn knows the common
    passwords, names, dates and walks over the keyboard.
    """
    if not LEAST <= len(password) <= MOST:
        raise BadInput(Said("密码须有%(least)d至%(most)d个字符", least=LEAST, most=MOST))
    if sum(bool(re.search(kind, password)) for kind in _KINDS) < 3:
        raise BadInput("密码须包含大写字母、小写字母、数字、其他符号中的至少三种")
    words = [w for text in about for w in re.split(r"[\s@.]+", text) if len(w) > 1]
    whole = [w for w in words if len(w) > 2 or not w.isascii()]  # a name may have two signs
    if any(w.casefold() in password.casefold() for w in whole):
        raise BadInput("密码不能包含您的姓名、邮箱或单位名称")
    if zxcvbn(password, user_inputs=words)["guesses"] < _STRONG:
        raise BadInput("这个密码太容易被猜到，请换一个更长、更少见的")


def made_up() -> str:
    """A first password to be told to somebody: three groups of signs that cannot be confused."""
    signs = "abcdefghjkmnpqrstuvwxyz23456789"
    groups = ["".join(secrets.choice(signs) for _ in range(5)) for _ in range(3)]
    return f"{groups[0].capitalize()}-{groups[1]}-{groups[2]}7"


def make_first() -> tuple[str, str]:
    """A first password and its hash, which takes long to make: before a transaction begins."""
    password = made_up()
    return password, hashed(password)


def give_first(work: Work, person_id: int, fresh: str) -> None:
    """Keep the hash of somebody's first password, which they must change; their sessions end."""
    passwords.keep(work, person_id, fresh, first=True)
    sessions.end_all(work, person_id)
    sessions.forget_devices(work, person_id)
    access.note(work, Access.password, Outcome.ok, person_id=person_id, detail="first")
