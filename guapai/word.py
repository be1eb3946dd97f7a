"""Words of ours: what stands in columns, facts and addresses, and how people read it."""

from enum import StrEnum
from typing import Self


class Word(StrEnum):
    """A list of words, each with its Chinese: ``lead = "lead", "线索待核实"``.

    The member is the plain word, as a column stores it; English is looked up by the Chinese.
    """

    label: str

    def __new__(cls, value: str, label: str = "") -> Self:
        """A word and what people read for it; none goes without."""
        if not label:
            raise TypeError(f"{cls.__name__} has a word that nobody can read: {value!r}")
        word = str.__new__(cls, value)
        word._value_ = value
        word.label = label
        return word


def label_of(words: type[Word], value: str) -> str:
    """What people read for a plain word of a list; a word that is not in it stays as it is."""
    try:
        return words(value).label
    except ValueError:
        return value
