"""What letters list: tasks that an act has opened, and the lines of a digest."""

from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, kw_only=True)
class Task:
    """Something to be done, as a letter lists it; ``until`` in words: a last day, or an hour."""

    title: str
    owner: str
    until: str
    provisional: bool


@dataclass(frozen=True, kw_only=True)
class Reminder:
    """One line of a digest."""

    title: str
    number: str
    duty: str
    say: str
    due_on: date
    provisional: bool
    basis: str
    vacant: bool = False
