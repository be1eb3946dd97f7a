"""Who made earlier moves of a row: those who acted, and all who signed; parts of what guards may ask."""

from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa

from statemachines.nouns import NOUNS
from storage import case, pending
from storage.history import event

_E, _S, _D, _G = event.TABLE, case.STANDINGS, pending.TABLE, pending.SIGNATURES
_text = sa.Text()
_CASE = sa.bindparam("case_id", type_=sa.BigInteger)
_ROW = sa.bindparam("row_id", type_=sa.BigInteger)
_PERFORMED: Any = sa.literal_column("'performed'")


def part(
    kind: str, a: Any = None, b: Any = None, n: Any = None, m: Any = None, r: Any = None
) -> Any:
    """One kind of row of the answer: two texts and three numbers, or nothing in their place."""

    def number(value: Any) -> Any:
        return sa.cast(sa.null() if value is None else value, sa.BigInteger)

    def text(value: Any) -> Any:
        return sa.cast(sa.null() if value is None else value, _text)

    return sa.select(
        sa.literal(kind, _text).label("kind"),
        text(a).label("a"),
        text(b).label("b"),
        number(n).label("n"),
        number(m).label("m"),
        number(r).label("r"),
    )


def _maker(move: str) -> Any:
    later = _E.alias()
    last = (
        sa.select(later.c.id)
        .where(later.c.row_id == _ROW, later.c.move == sa.literal_column(f"'{move}'"))
        .order_by(later.c.id.desc())
        .limit(1)
        .scalar_subquery()
    )
    return part("maker", _E.c.move, None, _E.c.person_id, _E.c.behalf_of, _ROW).where(
        _E.c.id == last
    )


def _maker_beside(maker: str, row_id: Any) -> Any:
    """Who made a move last, of whatever row of a noun in the case."""
    noun, _, move = maker.rpartition(".")
    last = (
        sa.select(sa.func.max(_E.c.id))  # by its rows: the events of the case grow with its age
        .join(_S, _S.c.row_id == _E.c.row_id)
        .where(
            _S.c.case_id == _CASE,
            _S.c.noun == sa.literal_column(f"'{noun}'"),
            _E.c.move == sa.literal_column(f"'{move}'"),
        )
        .scalar_subquery()
    )
    said: Any = sa.literal_column(f"'{maker}'")
    return part("maker", said, None, _E.c.person_id, _E.c.behalf_of, row_id).where(_E.c.id == last)


def _signers(move: str) -> Any:
    """Who signed a move when it was made last."""
    said: Any = sa.literal_column(f"'{move}'")
    performed = (
        sa.select(sa.func.max(_D.c.id))
        .where(_D.c.row_id == _ROW, _D.c.move == said, _D.c.state == _PERFORMED)
        .scalar_subquery()
    )
    return part("maker", said, None, _G.c.person_id, _G.c.behalf_of, _ROW).where(
        _G.c.pending_id == performed
    )


def makers_of(noun: str) -> Iterator[Any]:
    """Who made and signed the moves that the guards of a noun ask about: of the row, and beside it."""
    moves = NOUNS[noun].procedure
    for maker in sorted(NOUNS[noun].makers):
        yield _maker_beside(maker, _ROW) if "." in maker else _maker(maker)
        if any(move.needs for move in moves.named(maker)):
            yield _signers(maker)


def makers_of_case() -> Iterator[Any]:
    """The same for every row of the case at once."""
    makers = {f"{n.name}.{m}" for n in NOUNS.values() for m in n.makers if "." not in m}
    yield _makers_of_rows(sorted(makers))
    for maker in sorted({m for n in NOUNS.values() for m in n.makers if "." in m}):
        yield _maker_beside(maker, _CASE)
    signed = {f"{n.name}.{m.name}" for n in NOUNS.values() for m in n.procedure.moves if m.needs}
    if signed & makers:
        yield _signers_of_rows(sorted(signed & makers))


def _makers_of_rows(asked: list[str]) -> Any:
    last = (
        sa.select(sa.func.max(_E.c.id))
        .join(_S, _S.c.row_id == _E.c.row_id)
        .where(
            _S.c.case_id == _CASE,
            (_S.c.noun + "." + _E.c.move).in_([sa.literal_column(f"'{a}'") for a in asked]),
        )
        .group_by(_E.c.row_id, _E.c.move)
    )
    return part("maker", _E.c.move, None, _E.c.person_id, _E.c.behalf_of, _E.c.row_id).where(
        _E.c.id.in_(last)
    )


def _signers_of_rows(asked: list[str]) -> Any:
    last = (
        sa.select(sa.func.max(_D.c.id))
        .where(
            _D.c.case_id == _CASE,
            (_D.c.noun + "." + _D.c.move).in_([sa.literal_column(f"'{a}'") for a in asked]),
            _D.c.state == _PERFORMED,
        )
        .group_by(_D.c.row_id, _D.c.move)
    )
    return (
        part("maker", _D.c.move, None, _G.c.person_id, _G.c.behalf_of, _D.c.row_id)
        .join_from(_G, _D, _D.c.id == _G.c.pending_id)
        .where(_D.c.id.in_(last))
    )
