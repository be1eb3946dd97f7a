"""A tally is English on a console, comes back as it was written down, and never spoils a column."""

import pytest

from storage.upkeep.tally import Figure, Tally, read, stored


def test_counts_come_first_and_texts_that_are_empty_are_not_said() -> None:
    said = Tally({Figure.held: "restore", Figure.sent: 3, Figure.later: 0, Figure.resting: ""})
    assert said == "3 sent, 0 later; HELD: restore"
    assert Tally({}) == "nothing"


def test_it_comes_back_as_it_was() -> None:
    said = Tally({Figure.sent: 3, Figure.held: "由两人恢复"})
    again = read(stored(said))
    assert isinstance(again, Tally)
    assert (again, again.figures) == (said, said.figures)


@pytest.mark.parametrize("text", ["OSError: the disk is full", "", "{broken", '{"unknown": 1}'])
def test_any_other_text_stays_as_it_stands(text: str) -> None:
    assert read(stored(text)) == text
    assert not isinstance(read(text), Tally)


def test_the_longest_there_can_be_fits_where_it_is_written_down() -> None:
    texts = [Figure.untried, Figure.pack, Figure.found]
    assert len(stored(Tally(dict.fromkeys(texts, "长" * 5000)))) < 1000
