"""What can go wrong, as a person meets it.

GuapaiError (400)            a sentence the person can act on
├── NotAllowed (403)         this person may not do this here
├── Missing (404)            there is no such thing, or it must look so
├── Conflict (409)           the world moved on, or says no
│   ├── WrongState           the move is not open in this state
│   ├── Refused              a guard said no, and said why
│   ├── Overtaken            somebody else acted first: who, when, what
│   └── KeyReused            the same form was sent before with other content
├── Damaged (410)            a file is no longer what it was; its bytes are not handed out
├── BadInput (422)           a field, or a line of a file, cannot be taken as it is
├── Unready (503)            something the machine needs is not there; says how to mend it
│   └── Gone                 the file of the database: moved away, removed or replaced
├── Busy (503)               too many want the same at once, or the database is not there for now
└── Full (507)               there is no room on the disk
"""

from pathlib import Path


class GuapaiError(Exception):
    """Something the person can act on; pages, letters and commands show the message."""

    status = 400

    @property
    def said(self) -> str:
        """The sentence; a text of ours with its values (guapai.text.Said) stays one, unlike in str()."""
        return self.args[0] if self.args else ""


class NotAllowed(GuapaiError):
    """This person may not do this here."""

    status = 403


class Missing(GuapaiError):
    """There is no such thing, or it must look as if there were none."""

    status = 404


class Conflict(GuapaiError):
    """The world moved on, or says no."""

    status = 409


class WrongState(Conflict):
    """The move is not open in the state the row is in."""


class Refused(Conflict):
    """A guard said no, and said why."""


class Overtaken(Conflict):
    """Somebody else acted first; the message says who, when and what."""


class KeyReused(Conflict):
    """The same form was sent before, with other content."""


class Damaged(GuapaiError):
    """A file is no longer what it was, and is not handed out; it comes back from a backup."""

    status = 410


class BadInput(GuapaiError):
    """A field, or a line of a file, cannot be taken as it is; the message says what to do."""

    status = 422


class Unready(GuapaiError):
    """Something the machine needs is not there; the message says how to mend it."""

    status = 503


class Gone(Unready):
    """The file of the database is not the one that lies at its path, or none does."""

    def __init__(self, path: Path, said: str) -> None:
        super().__init__(said)
        self.path = path


class Busy(GuapaiError):
    """Not now: too many want the same at once, or the database is away; ``after`` so many seconds."""

    status = 503

    def __init__(self, said: str, *, after: int = 5) -> None:
        super().__init__(said)
        self.after = after


class Full(GuapaiError):
    """There is no room on the disk; nothing was kept."""

    status = 507
