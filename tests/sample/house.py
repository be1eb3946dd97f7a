"""A copy of the house to which the sample noun is added: its own files, and a line in each register."""

import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from storage.schema.schema import newest_revision

ROOT = Path(__file__).parents[2]
OWN = Path(__file__).with_name("tree")
FOLDERS = (
    *(
        "cli",
        "guapai",
        "law",
        "statemachines",
        "storage",
        "notifications",
        "actions",
        "flows",
        "portal",
    ),
    *("demo", "tests"),
)

REGISTERS = {
    "statemachines/nouns.py": (
        (
            "from statemachines.listing import LISTING\n",
            "from statemachines.parley import PARLEY\n",
        ),
        ("        LETTER,\n", "        PARLEY,\n"),
    ),
    "storage/nouns.py": (
        ("from storage.case import TABLE as CASES\n", "from storage import parley\n"),
        ('    "letter": letter,\n', '    "parley": parley,\n'),
    ),
    "actions/nouns.py": (
        ("from actions.hand.case import Case, Row\n", "from actions import parley\n"),
        ('    "letter": letter,\n', '    "parley": parley,\n'),
    ),
}
"""What is written into each register, behind which line: an import, and the one line of the noun."""


@dataclass(frozen=True)
class House:
    """The copy, and where it stands."""

    root: Path

    def run(self, *arguments: str) -> "subprocess.CompletedProcess[str]":
        """Run Python in the copy; it sees no other house."""
        known = {**os.environ, "PYTHONPATH": str(self.root), "PYTHONDONTWRITEBYTECODE": "1"}
        return subprocess.run(
            [sys.executable, *arguments],
            cwd=self.root,
            env=known,
            capture_output=True,
            text=True,
            check=False,
        )

    def test(self, *chosen: str) -> "subprocess.CompletedProcess[str]":
        """Run some of its tests."""
        return self.run("-m", "pytest", "-q", "-p", "no:cacheprovider", *chosen)

    def leave_out(self, register: str) -> None:
        """Take the noun's line out of one register."""
        path = self.root / register
        text = path.read_text(encoding="utf-8")
        for _, line in REGISTERS[register]:
            text = text.replace(line, "")
        path.write_text(text, encoding="utf-8")

    def naming(self) -> dict[str, int]:
        """The files beside the noun's own that name it, and in how many lines."""
        own = {str(p.relative_to(OWN)) for p in OWN.rglob("*") if p.is_file()}
        found: dict[str, int] = {}
        for folder in FOLDERS:
            for path in (self.root / folder).rglob("*"):
                name = str(path.relative_to(self.root))
                if path.suffix in {".pyc", ".png"} or not path.is_file() or name in own:
                    continue
                if name.startswith("tests/sample/"):
                    continue
                lines = path.read_text(encoding="utf-8", errors="ignore").splitlines()
                said = sum("parley" in line.lower() for line in lines)
                if said:
                    found[name] = said
        return found


def copy(folder: Path) -> House:
    """The house as it is, at another place."""
    folder.mkdir(exist_ok=True)
    for name in FOLDERS:
        shutil.copytree(
            ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__", "vendor")
        )
    (folder / "portal/static/vendor").symlink_to(ROOT / "portal/static/vendor")
    for name in ("pyproject.toml", "README.md", "README.zh.md"):
        shutil.copy(ROOT / name, folder / name)
    return House(folder)


def _follow_newest(folder: Path) -> None:
    """Let the migration of the noun follow the newest one of this house."""
    path = folder / "storage/schema/migrations/versions/2099_01_01_parley.py"
    text = path.read_text(encoding="utf-8")
    assert text.count("2026_11_28_first") == 1
    path.write_text(text.replace("2026_11_28_first", newest_revision() or ""), encoding="utf-8")


def build(folder: Path, *, hidden: bool = False) -> House:
    """A copy with the noun; in the second variant it is hidden."""
    copy(folder)
    shutil.copytree(OWN, folder, dirs_exist_ok=True)
    _follow_newest(folder)
    for register, lines in REGISTERS.items():
        path = folder / register
        text = path.read_text(encoding="utf-8")
        for behind, line in lines:
            assert text.count(behind) == 1, (register, behind)
            text = text.replace(behind, behind + line)
        path.write_text(text, encoding="utf-8")
    path = folder / "storage/schema/migrations/versions/2099_01_01_parley.py"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("2026_11_28_first", newest_revision() or ""), encoding="utf-8")
    if hidden:
        path = folder / "statemachines/parley.py"
        text = path.read_text(encoding="utf-8")
        path.write_text(text.replace("HIDDEN = False", "HIDDEN = True"), encoding="utf-8")
    return House(folder)
