"""Writes the first files of a noun: one state that is worked in, one that is final, two moves.

`make noun NAME=inquiry` writes them and says what comes next; docs/contributing/noun.md says why.
The noun stands under the hazard; what a root needs beside that is on the page.
"""

import re
import sys
from pathlib import Path

from guapai.clock import local_date, utc_now
from statemachines.nouns import NOUNS
from storage.schema.schema import newest_revision

ROOT = Path(__file__).parents[2]

STATEMACHINES = '''"""The life of the {name}: begun, finished."""

from guapai.people import Role
from guapai.word import Word
from statemachines.facts import Reasoned
from statemachines.noun import Noun
from statemachines.procedure import Move, Procedure


class {Class}State(Word):
    """States of the {name}."""

    begun = "begun", "办理中"
    finished = "finished", "已办结"


_S = {Class}State
_INSPECTOR = frozenset({{Role.inspector}})

MOVES = (
    Move(
        name="begin_{name}",
        title="开始{name}",
        source=(),
        dest=_S.begun,
        by=_INSPECTOR,
        basis="own_ladder",
    ),
    Move(
        name="finish_{name}",
        title="办结{name}",
        source=(_S.begun,),
        dest=_S.finished,
        by=_INSPECTOR,
        facts=Reasoned,
        basis="own_ladder",
    ),
)

{NAME} = Noun(
    name="{name}",
    title="{name}",
    procedure=Procedure("{name}", {Class}State, MOVES, final=frozenset({{_S.finished}})),
    under=("hazard",),
)
'''

STORAGE = '''"""The rows of the {name}."""

import sqlalchemy as sa
from sqlmodel import Field, SQLModel

from statemachines.{name} import {Class}State
from storage.database.columns import identity, reference, words


class {Class}(SQLModel, table=True):
    """One row: the {name} of one hazard."""

    __tablename__ = "{table}"

    id: int = identity()
    case_id: int = reference("cases.id", index=True)
    version: int
    state: {Class}State = Field(sa_type=words({Class}State))


TABLE: sa.Table = {Class}.__table__  # type: ignore[attr-defined]
'''

ACTIONS = '''"""What the table of moves of the {name} cannot say: nothing yet."""
'''

MIGRATION = '''"""The rows of the {name}."""

import sqlalchemy as sa
from alembic import op

from statemachines.{name} import {Class}State
from storage.database.columns import words

revision = "{revision}"
down_revision = "{newest}"


def upgrade() -> None:
    """Forward; there is no way back, a backup is."""
    op.create_table(
        "{table}",
        sa.Column("id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("case_id", sa.BigInteger(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("state", words({Class}State), nullable=False),
        sa.ForeignKeyConstraint(["case_id"], ["cases.id"], name=op.f("fk_{table}_case_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_{table}")),
    )
    op.create_index(op.f("ix_{table}_case_id"), "{table}", ["case_id"])
'''

TEST = '''"""The {name} is lived through the one act, and the proof holds."""

from actions.history.verification import verify
from guapai.people import Role
from tests.actions.conftest import Office


def test_it_is_begun_and_finished(office: Office) -> None:
    case = office.lead()
    more = {{"noun": "{name}", "case": case}}
    row = office.act(Role.inspector, "begin_{name}", {{}}, **more).row_id
    done = office.act(Role.inspector, "finish_{name}", {{"reason": "已办"}}, row, **more)
    assert done.state == "finished"
    assert verify(office.engine, office.clock, office.files).faults == []
'''

REGISTERS = (
    ("statemachines/nouns.py", "        {NAME},", "from statemachines.{name} import {NAME}"),
    ("storage/nouns.py", '    "{name}": {name},', "from storage import {name}"),
    ("actions/nouns.py", '    "{name}": {name},', "from actions import {name}"),
)
"""The line of each register, and the import it needs."""

NEXT = """
Then, as docs/contributing/noun.md has it: Chinese titles instead of {name!r}; who leads which
column; duties with their numbers, letters, papers. And, in this order:
  tests/statemachines/dossier.py         its moves as the dossier has them, or the noun in OURS
  python -m tests.statemachines.snapshot
  guapai diagram
  portal/locales/en.po                   English for its texts
  demo/answers.py                        what the people of the sample city do in it
  tests/journeys/                        a tale that lives it
"""


def files(name: str) -> dict[str, str]:
    """The first files of a noun of that name: their texts by path."""
    revision = f"{local_date(utc_now()):%Y_%m_%d}_{name}"
    words = {
        "name": name,
        "Class": name.title().replace("_", ""),
        "NAME": name.upper(),
        "table": f"{name[:-1]}ies" if name.endswith("y") else f"{name}s",
        "revision": revision,
        "newest": newest_revision(),
    }
    texts = {
        f"statemachines/{name}.py": STATEMACHINES,
        f"storage/{name}.py": STORAGE,
        f"storage/schema/migrations/versions/{revision}.py": MIGRATION,
        f"actions/{name}.py": ACTIONS,
        f"tests/actions/test_{name}.py": TEST,
    }
    return {path: text.format_map(words) for path, text in texts.items()}


def refusal(name: str) -> str:
    """Why a noun cannot be called so, if it cannot."""
    if not re.fullmatch(r"[a-z][a-z_]{1,18}[a-z]", name):
        return f"{name!r} is no name for a noun: 3 to 20 small letters, such as inquiry"
    rooms = [f"{layer}/{name}" for layer in ("statemachines", "storage", "actions")]
    there = [path for path in (*files(name), *rooms) if (ROOT / path).exists()]
    if name in NOUNS or there:
        return f"there is something of that name already: {', '.join(there) or name}"
    return ""


def main(name: str) -> int:
    """Write the files, and say what comes next."""
    if said := refusal(name):
        print(said, file=sys.stderr)
        return 2
    for path, text in files(name).items():
        (ROOT / path).write_text(text, encoding="utf-8")
        print(f"wrote {path}")
    print("\nA line in each register, and its import:")
    for register, line, brought in REGISTERS:
        told = {"name": name, "NAME": name.upper()}
        print(f"{register}\t{line.format_map(told)}\t{brought.format_map(told)}")
    print(NEXT.format(name=name))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1] if len(sys.argv) > 1 else ""))
