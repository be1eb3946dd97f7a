"""Who people are: how soon a duty is done by somebody punctual, slow, stubborn or absent."""

from datetime import date, timedelta
from enum import StrEnum
from random import Random


class Persona(StrEnum):
    """A way of doing one's duties (own: made up for the sample city)."""

    punctual = "punctual"
    slow = "slow"
    stubborn = "stubborn"
    absent = "absent"


_UNITS = {Persona.punctual: 58, Persona.slow: 22, Persona.stubborn: 10, Persona.absent: 10}
_OFFICES = {Persona.punctual: 78, Persona.slow: 22}
"""How many of a hundred firms, or offices, are what."""

AWAY, EVERY = 18, 75
"""An absent head is away for so many days out of every so many."""


def persona_of(seed: int, name: str, *, firm: bool) -> Persona:
    """What an organisation is like; the same every time for a seed and a name."""
    shares = _UNITS if firm else _OFFICES
    luck = Random(f"{seed} {name}")
    return luck.choices(list(shares), weights=list(shares.values()))[0]


def acts_on(persona: Persona, opened: date, due: date, luck: Random) -> date:
    """The day from which somebody does a duty that was opened and is due on these days."""
    term = max((due - opened).days, 1)
    if persona is Persona.slow:
        return opened + timedelta(days=round(term * luck.uniform(0.7, 1.6)) + luck.randint(0, 3))
    if persona is Persona.stubborn:
        return due + timedelta(days=luck.randint(4, 25 + term // 2))
    return opened + timedelta(days=round(term * luck.uniform(0.15, 0.85)))


def away(seed: int, name: str, day: date) -> tuple[date, date] | None:
    """The first and last day of the absence a day falls into, or None."""
    phase = Random(f"{seed} away {name}").randrange(EVERY)
    nth = (day.toordinal() + phase) % EVERY
    if nth >= AWAY:
        return None
    first = day - timedelta(days=nth)
    return first, first + timedelta(days=AWAY - 1)
