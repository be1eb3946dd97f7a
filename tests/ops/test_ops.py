"""What we ship to run it with: every command is one of ours, every setting is known, the proxy does its part."""

import re
import shlex
from collections.abc import Iterator
from configparser import RawConfigParser
from pathlib import Path
from typing import Any

import pytest
import typer.main
import yaml

from cli.app import app
from guapai.settings import Settings

OPS = Path(__file__).parents[2] / "ops"
UNITS = sorted((OPS / "systemd").glob("*.service"))


def _unit(path: Path) -> RawConfigParser:
    found = RawConfigParser(strict=False, delimiters=("=",))
    found.optionxform = str  # type: ignore[assignment, method-assign]
    found.read_string(path.read_text("utf-8"))
    return found


def _compose() -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load((OPS / "compose" / "compose.yaml").read_text("utf-8"))
    return found


def _commands() -> Iterator[list[str]]:
    for path in UNITS:
        program, *words = shlex.split(_unit(path)["Service"]["ExecStart"])
        assert program == "/srv/guapai/app/.venv/bin/guapai"
        yield words
    yield from (s["command"] for s in _compose()["services"].values() if "command" in s)


def _understood(words: list[str]) -> None:
    command: Any = typer.main.get_command(app)
    rest = [*words]
    while rest and hasattr(command, "commands"):
        command = command.commands[rest.pop(0)]
    command.make_context(words[0], rest).close()


def test_every_command_is_one_of_ours() -> None:
    tried = list(_commands())
    for words in tried:
        _understood(words)
    assert len(tried) >= 6
    with pytest.raises(Exception, match="--clok"):
        _understood(["serve", "--clok"])


@pytest.mark.parametrize("path", UNITS, ids=lambda p: p.stem)
def test_a_unit_is_bounded_and_shut_in(path: Path) -> None:
    service = _unit(path)["Service"]
    assert service["MemoryMax"]
    assert service["NoNewPrivileges"] == "yes"
    assert service["ProtectSystem"] == "strict"
    if service.get("Type") != "oneshot":
        assert service["Restart"] == "always"
        assert int(service["LimitNOFILE"]) >= 4096
        assert int(service["TimeoutStopSec"]) >= 60


def test_every_setting_we_name_is_known() -> None:
    known = {f"GUAPAI_{n.upper()}" for n in Settings.model_fields}
    for path in sorted(OPS.rglob("*")):
        if path.is_file():
            named = set(re.findall(r"GUAPAI_[A-Z_]+", path.read_text("utf-8")))
            assert named - known - {"GUAPAI_WEB"} == set(), path


def test_nobody_but_the_proxy_is_reached_from_outside() -> None:
    services = _compose()["services"]
    assert [n for n, s in services.items() if "ports" in s] == ["proxy"]
    assert {n for n, s in services.items() if "mem_limit" in s} == {"web", "clock", "worker"}


@pytest.mark.parametrize(
    "wanted",
    [
        "proxy_set_header X-Forwarded-For $remote_addr;",
        "Strict-Transport-Security",
        "client_header_timeout",
        "client_body_timeout",
        "limit_conn guapai_lines",
    ],
)
def test_the_proxy_overwrites_and_ends_what_is_idle(wanted: str) -> None:
    assert wanted in (OPS / "proxy" / "nginx.conf").read_text("utf-8")
