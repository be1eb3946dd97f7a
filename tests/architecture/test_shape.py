"""The shape of the house: small modules, one sentence on each door, nothing where it does not belong."""

import ast
import re
from collections.abc import Callable, Iterator
from pathlib import Path

from statemachines.nouns import NOUNS

ROOT = Path(__file__).parents[2]
PACKAGES = (
    "cli",
    "guapai",
    "law",
    "statemachines",
    "storage",
    "notifications",
    "actions",
    "flows",
    "portal",
    "demo",
)
MODULES = sorted(
    p for name in PACKAGES for p in (ROOT / name).rglob("*.py") if "versions" not in p.parts
)
NAMELESS = {"utils", "util", "helpers", "helper", "service", "manager", "common", "misc"}
Found = Iterator[str | None]


def _tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def _none(check: Callable[[Path], Found]) -> None:
    """Fail with all that a check finds, a module a line; None is the module itself."""
    offenders = [
        str(path.relative_to(ROOT)) + (f": {found}" if found else "")
        for path in MODULES
        for found in check(path)
    ]
    assert not offenders, "\n".join(offenders)


def test_there_are_modules() -> None:
    assert len(MODULES) > 60


def test_modules_are_small() -> None:
    def check(path: Path) -> Found:
        lines = len(path.read_text(encoding="utf-8").splitlines())
        if lines > 300:
            yield f"{lines} lines"

    _none(check)


def test_functions_are_small() -> None:
    def check(path: Path) -> Found:
        for node in ast.walk(_tree(path)):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                lines = (node.end_lineno or node.lineno) - node.lineno
                if lines >= 50:
                    yield f"{node.name}, {lines} lines"

    _none(check)


def test_modules_say_what_they_are() -> None:
    """A sentence at the head of each file."""

    def check(path: Path) -> Found:
        docstring = ast.get_docstring(_tree(path)) or ""
        if not docstring.split("\n")[0].rstrip().endswith((".", "。", ":")):
            yield None

    _none(check)


def test_public_things_are_documented() -> None:
    def check(path: Path) -> Found:
        for node in _tree(path).body:
            if not isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
                continue
            if not node.name.startswith("_") and not ast.get_docstring(node):
                yield node.name

    _none(check)


def test_only_storage_commits() -> None:
    def check(path: Path) -> Found:
        inside = path.relative_to(ROOT).parts[0] == "storage"
        if not inside and ".commit(" in path.read_text(encoding="utf-8"):
            yield None

    _none(check)


def test_names_say_something() -> None:
    def check(path: Path) -> Found:
        if path.stem in NAMELESS:
            yield None

    _none(check)


def test_names_have_one_home() -> None:
    """Who needs a name of ours asks the module that has it; only a library's is handed on."""

    def check(path: Path) -> Found:
        for node in ast.walk(_tree(path)):
            if isinstance(node, ast.ImportFrom) and (node.module or "").startswith(PACKAGES):
                yield from (a.name for a in node.names if a.asname == a.name)

    _none(check)


def test_no_future_annotations() -> None:
    """SQLModel reads annotations as they stand; written down as texts they say nothing to it."""

    def check(path: Path) -> Found:
        if "from __future__ import annotations" in path.read_text(encoding="utf-8"):
            yield None

    _none(check)


def _texts() -> list[Path]:
    kinds = {".py", ".md", ".toml", ".txt", ".in", ".html", ".css", ".csv", ".typ", ""}
    folders = (*PACKAGES, "docs", "tests", "benchmarks", ".ci")
    found = [p for f in folders for p in (ROOT / f).rglob("*") if p.is_file() and p.suffix in kinds]
    ours = [p for p in found if not p.is_relative_to(ROOT / "portal" / "static" / "vendor")]
    return ours + [
        p
        for p in ROOT.iterdir()
        if p.is_file() and p.suffix in kinds and not p.name.startswith(".git")
    ]


def test_no_path_of_a_machine_and_no_index_address() -> None:
    place = re.compile(
        r"/(?:home|root|work|Users)/[a-z]|index-url|find-links|trusted-host|extra-index"
    )
    own = {Path(__file__).name, "Makefile"}
    found = [
        f"{path.relative_to(ROOT)}: {hit.group()}"
        for path in _texts()
        if path.name not in own and "__pycache__" not in path.parts
        for hit in place.finditer(path.read_text(encoding="utf-8", errors="ignore"))
    ]
    assert not found, "\n".join(found)


def test_each_package_is_typed_and_shipped() -> None:
    shipped = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    untyped = [name for name in PACKAGES if not (ROOT / name / "py.typed").exists()]
    assert untyped == []
    assert [name for name in PACKAGES if f'"{name}"' not in shipped] == []


def test_folders_are_small() -> None:
    """Beside the nouns a folder holds few modules: a newcomer reads the names of all at a glance."""
    crowded = []
    for folder in {path.parent for path in MODULES}:
        mechanisms = {path.stem for path in MODULES if path.parent == folder} - {*NOUNS, "__init__"}
        if len(mechanisms) > 20:
            crowded.append(f"{folder.relative_to(ROOT)}: {len(mechanisms)}")
    assert not crowded, "\n".join(crowded)
