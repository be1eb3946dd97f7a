"""A command run inside the test: what it printed, and how it ended."""

import sys
from dataclasses import dataclass
from typing import Any

import pytest

from cli import main


@dataclass(frozen=True)
class Ran:
    """One run; blanks and line ends of both outputs are single blanks in ``flat``."""

    code: int
    out: str
    err: str

    @property
    def flat(self) -> str:
        return " ".join(f"{self.out} {self.err}".split())


class Commands:
    """Runs commands as the shell would, without starting a program for each."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
        self.monkeypatch, self.capsys = monkeypatch, capsys

    def __call__(self, *words: Any) -> Ran:
        self.monkeypatch.setattr(sys, "argv", ["guapai", *map(str, words)])
        code: Any = 0
        try:
            main()
        except SystemExit as end:
            code = end.code
        said = self.capsys.readouterr()
        return Ran(int(code or 0), said.out, said.err)
