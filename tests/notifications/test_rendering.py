"""Every letter is a folder, and every folder is a letter."""

from notifications.rendering import letter_folders
from statemachines.nouns import LETTERS


def test_kinds_and_folders_are_the_same() -> None:
    assert letter_folders() == {
        *LETTERS,
        "digest",
        "trouble",
        "account",
        "together",
        "together_lapsed",
    }
