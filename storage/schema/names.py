"""Whether the rows name only what this program knows: no person should be the first to find out."""

import sqlalchemy as sa

from guapai.errors import Unready
from statemachines.nouns import KNOWN_DUTIES, NOUNS
from storage import case, duty
from storage.database.engine import Engine

_NAMED = (
    ("kind of duty", duty.TABLE.c.kind, KNOWN_DUTIES),
    ("noun", case.STANDINGS.c.noun, NOUNS),
)
"""Columns that hold names of ours without a CHECK, and what those names may be."""


def require_known(engine: Engine) -> None:
    """Raise Unready for the first name in a row that is neither of today nor retired."""
    with engine.connect() as connection:
        for what, column, known in _NAMED:
            for name in connection.scalars(sa.select(column).distinct().order_by(column)):
                if name not in known:
                    raise Unready(
                        f"the database has a {what} {name!r} that this program does not know; "
                        "install the guapai that wrote it, or a newer one"
                    )
