"""`make noun`: the files it writes are a noun once the lines it prints stand in the registers."""

from pathlib import Path

import pytest

from tests.sample.house import House, copy
from tests.sample.new_noun import refusal

LAST = {
    "statemachines/nouns.py": "        LETTER,\n",
    "storage/nouns.py": '    "letter": letter,\n',
    "actions/nouns.py": '    "letter": letter,\n',
}


def register(house: House, printed: str) -> None:
    """Write the printed lines into the registers."""
    told = [line.split("\t") for line in printed.splitlines() if "\t" in line]
    assert {name for name, _, _ in told} == LAST.keys()
    for name, line, brought in told:
        path = house.root / name
        text = path.read_text(encoding="utf-8")
        assert text.count(LAST[name]) == 1
        head, first, rest = text.partition("\nfrom ")
        text = f"{head}\n{brought}{first}{rest}".replace(LAST[name], f"{LAST[name]}{line}\n")
        path.write_text(text, encoding="utf-8")


def test_what_it_writes_is_a_noun(tmp_path: Path) -> None:
    house = copy(tmp_path)
    done = house.run("-m", "tests.sample.new_noun", "inquiry")
    assert done.returncode == 0, done.stderr
    register(house, done.stdout)
    lived = house.test(
        "tests/actions/test_inquiry.py",
        "tests/storage/schema/test_schema.py",
        "tests/statemachines/test_rules.py",
        *("-k", "not postgresql"),
    )
    assert lived.returncode == 0, lived.stdout[-4000:]


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("listing", "already: storage/listing.py"),
        ("case", "already: storage/case.py"),
        ("history", "already: storage/history"),
        ("Über", "is no name"),
        ("", "is no name"),
        ("../x", "is no name"),
    ],
)
def test_a_name_that_is_taken_or_none_is_refused(name: str, said: str) -> None:
    assert said in refusal(name)
    assert refusal("inquiry") == ""
