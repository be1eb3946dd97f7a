"""Search: every two neighbouring signs of a case's title and unit lead to it, on both databases.

Neither SQLite's trigrams nor PostgreSQL without extensions finds a Chinese word of two signs
(pitfalls F). A pair is one whole number, so that the index is small and ordered by case: the
newest cases of a word come off it without sorting.
"""

import itertools
import json
import re
import unicodedata

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from storage.database.columns import identity
from storage.database.work import Work


class Gram(SQLModel, table=True):
    """A pair of signs, and a case in whose title or unit it stands."""

    __tablename__ = "case_grams"

    gram: int = identity()
    case_id: int = Field(
        sa_type=sa.BigInteger,
        foreign_key="cases.id",
        primary_key=True,
        sa_column_kwargs={"autoincrement": False},
    )


TABLE: sa.Table = Gram.__table__  # type: ignore[attr-defined]
MOST = 8
"""So many pairs of a question are looked up; more would not make it sharper."""
_GAP = re.compile(r"[\W_]+")


def grams_of(text: str) -> list[int]:
    """The pairs of a text, each once, in its order; widths, capitals and punctuation do not count."""
    out: dict[int, None] = {}
    plain = unicodedata.normalize("NFKC", text).casefold()
    for word in _GAP.split(plain):
        for one, other in itertools.pairwise(word):
            out[ord(one) << 21 | ord(other)] = None
    return list(out)


_INDEX = {
    "postgresql": (
        "INSERT INTO case_grams (gram, case_id) SELECT unnest(%s::bigint[]), %s "
        "ON CONFLICT DO NOTHING"
    ),
    "sqlite": (
        "INSERT OR IGNORE INTO case_grams (gram, case_id) SELECT value, ?2 FROM json_each(?1)"
    ),
}


def index(work: Work, case_id: int, *texts: str) -> None:
    """Make a case be found by these texts, besides those it is found by already."""
    grams = list(dict.fromkeys(g for t in texts for g in grams_of(t)))
    given = grams if work.is_postgresql else json.dumps(grams)
    work.write(_INDEX, (given, case_id))
