"""A noun is one value: a sample one is added to a copy of the house and lives there."""

from pathlib import Path

import pytest

from tests.sample.house import REGISTERS, build


def test_a_noun_is_its_own_files_and_one_line_in_each_register(tmp_path: Path) -> None:
    house = build(tmp_path)
    assert house.naming() == {name: len(lines) for name, lines in REGISTERS.items()}


_OWN = sorted((Path(__file__).parent / "tree/tests/parley").glob("test_*.py"))
HIDDEN = tuple(f"tests/parley/{p.name}" for p in _OWN if p.name.startswith("test_hidden"))
OPEN = (
    *(f"tests/parley/{p.name}" for p in _OWN if not p.name.startswith("test_hidden")),
    *("tests/statemachines/test_rules.py", "tests/statemachines/test_protocols.py"),
)


@pytest.mark.parametrize("hidden", [False, True], ids=["open", "hidden"])
def test_the_noun_lives_and_keeps_the_rules(tmp_path: Path, hidden: bool) -> None:
    house = build(tmp_path, hidden=hidden)
    done = house.test(*(HIDDEN if hidden else OPEN))
    assert done.returncode == 0, done.stdout[-6000:] + done.stderr[-2000:]


UNTYPED = {
    "s: Situation[object, object, Keep]": "s: Situation",
    "    title: str\n": "    titel: str\n",
}


def test_what_does_not_say_what_it_reads_is_seen(tmp_path: Path) -> None:
    house = build(tmp_path)
    path = house.root / "statemachines/parley.py"
    text = path.read_text(encoding="utf-8")
    for typed, untyped in UNTYPED.items():
        assert text.count(typed) == 1
        text = text.replace(typed, untyped)
    path.write_text(text, encoding="utf-8")
    done = house.test(OPEN[-1], "-k", "reads_what_is_there")
    assert done.returncode == 1
    assert "parley.keep, own_promise: does not say" in done.stdout
    assert "parley, heading: Titled.titel is no column" in done.stdout


@pytest.mark.parametrize("register", REGISTERS)
def test_a_line_left_out_is_named(tmp_path: Path, register: str) -> None:
    house = build(tmp_path)
    house.leave_out(register)
    done = house.run("-c", "import storage.schema.tables, actions.act.perform, portal.web.app")
    assert done.returncode != 0
    said = done.stderr.strip().splitlines()[-1]
    assert "parley" in said
    assert "statemachines/nouns.py" in said, said
