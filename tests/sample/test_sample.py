"""A noun is one value: a sample one is added to a copy of the house and lives there."""

from pathlib import Path

import pytest

from tests.sample.house import REGISTERS, build


def test_a_noun_is_its_own_files_and_one_line_in_each_register(tmp_path: Path) -> None:
    house = build(tmp_path)
    assert house.naming() == {name: len(lines) for name, lines in REGISTERS.items()}


@pytest.mark.parametrize("hidden", [False, True], ids=["open", "hidden"])
def test_the_noun_lives(tmp_path: Path, hidden: bool) -> None:
    house = build(tmp_path, hidden=hidden)
    chosen = ("test_hidden.py", "test_hidden_logs.py") if hidden else ("test_parley.py",)
    done = house.test(*(f"tests/parley/{name}" for name in chosen))
    assert done.returncode == 0, done.stdout[-6000:] + done.stderr[-2000:]


RULES = ("tests/statemachines/test_rules.py", "tests/statemachines/test_protocols.py")


def test_the_rules_of_all_tables_hold_for_it(tmp_path: Path) -> None:
    done = build(tmp_path).test(*RULES)
    assert done.returncode == 0, done.stdout[-6000:]


@pytest.mark.parametrize(
    ("typed", "untyped", "said"),
    [
        (
            "s: Situation[object, object, Keep]",
            "s: Situation",
            "parley.keep, own_promise: does not",
        ),
        ("    title: str\n", "    titel: str\n", "parley, heading: Titled.titel is no column"),
    ],
    ids=["guard", "heading"],
)
def test_what_does_not_say_what_it_reads_is_seen(
    tmp_path: Path, typed: str, untyped: str, said: str
) -> None:
    house = build(tmp_path)
    path = house.root / "statemachines/parley.py"
    text = path.read_text(encoding="utf-8")
    assert text.count(typed) == 1
    path.write_text(text.replace(typed, untyped), encoding="utf-8")
    done = house.test(RULES[1])
    assert done.returncode == 1
    assert said in done.stdout


@pytest.mark.parametrize("register", REGISTERS)
def test_a_line_left_out_is_named(tmp_path: Path, register: str) -> None:
    house = build(tmp_path)
    house.leave_out(register)
    done = house.run("-c", "import storage.schema.tables, actions.act.perform, portal.web.app")
    assert done.returncode != 0
    said = done.stderr.strip().splitlines()[-1]
    assert "parley" in said
    assert "statemachines/nouns.py" in said, said
