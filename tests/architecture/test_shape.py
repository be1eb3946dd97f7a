"""The shape of the house: small modules, one sentence on each door, nothing where it does not belong."""

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PACKAGES = (
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
IDS = [str(p.relative_to(ROOT)) for p in MODULES]
EACH = pytest.mark.parametrize("path", MODULES, ids=IDS)


def _tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def test_there_are_modules() -> None:
    assert len(MODULES) > 60


@EACH
def test_modules_are_small(path: Path) -> None:
    assert len(path.read_text(encoding="utf-8").splitlines()) <= 300


@EACH
def test_functions_are_small(path: Path) -> None:
    for node in ast.walk(_tree(path)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            assert node.end_lineno is not None
            assert node.end_lineno - node.lineno < 50, node.name


@EACH
def test_modules_say_what_they_are(path: Path) -> None:
    docstring = ast.get_docstring(_tree(path))
    assert docstring, "a sentence at the head of the file"
    assert docstring.split("\n")[0].rstrip().endswith((".", "。", ":"))


@EACH
def test_public_things_are_documented(path: Path) -> None:
    for node in _tree(path).body:
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            public = not node.name.startswith("_")
            assert not public or ast.get_docstring(node), node.name


@EACH
def test_only_storage_commits(path: Path) -> None:
    if path.relative_to(ROOT).parts[0] != "storage":
        assert ".commit(" not in path.read_text(encoding="utf-8")


@EACH
def test_names_say_something(path: Path) -> None:
    assert path.stem not in {
        "utils",
        "util",
        "helpers",
        "helper",
        "service",
        "manager",
        "common",
        "misc",
    }


@EACH
def test_no_future_annotations_in_storage(path: Path) -> None:
    assert "from __future__ import annotations" not in path.read_text(encoding="utf-8")


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
    for path in _texts():
        if path.name not in own and "__pycache__" not in path.parts:
            found = place.search(path.read_text(encoding="utf-8", errors="ignore"))
            assert found is None, (path.relative_to(ROOT), found and found.group())


def test_each_package_is_typed_and_shipped() -> None:
    shipped = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    for name in PACKAGES:
        assert (ROOT / name / "py.typed").exists()
        assert f'"{name}"' in shipped
