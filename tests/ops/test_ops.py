"""What we ship to run it with: every command is one of ours, every setting is known, the proxy does its part."""

import re
import shlex
import subprocess
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
DOCS = OPS.parent / "docs"
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


def _told(page: Path) -> Iterator[list[str]]:
    """The commands of ours that a page tells people to type, without what the shell does with them."""
    text = page.read_text("utf-8")
    for block in re.findall(r"^ *```sh\n(.*?)^ *```", text, re.MULTILINE | re.DOTALL):
        for line in block.replace("\\\n", " ").splitlines():
            for part in re.split(r"&&|\|\||[|;>]|\s#", line):
                found = re.search(r"(?:^|[\s/])guapai\s+(?=[a-z])(.*)", part)
                if found and not re.search(r"…|/dev/|chown|useradd|install ", part):
                    yield shlex.split(found[1])


def test_every_command_that_the_documents_tell_is_one_of_ours() -> None:
    pages = [*DOCS.rglob("*.md"), *DOCS.parent.glob("*.md")]
    tried = [(page.name, words) for page in pages for words in _told(page)]
    wrong = []
    for page, words in tried:
        try:
            _understood(words)
        except Exception as error:
            wrong.append(f"{page}: guapai {shlex.join(words)}: {error}")
    assert wrong == []
    assert len(tried) > 40


def test_what_is_kept_lies_where_the_image_may_write() -> None:
    said = (OPS / "compose" / "Dockerfile").read_text("utf-8")
    places = dict(re.findall(r"(GUAPAI_(?:FILES|BACKUPS))=(\S+)", said))
    assert set(places) == {"GUAPAI_FILES", "GUAPAI_BACKUPS"}
    assert all(place.startswith("/srv/guapai/var/") for place in places.values()), places


def test_a_command_by_hand_has_the_settings_and_the_folder_of_the_services() -> None:
    script = (OPS / "systemd" / "guapai").read_text("utf-8")
    for path in UNITS:
        service = _unit(path)["Service"]
        assert f"cd {service['WorkingDirectory']}\n" in script
        assert f"-u {service['User']} -- {service['ExecStart'].split()[0]} " in script
        assert f"umask {service['UMask']}\n" in script
    subprocess.run(["sh", "-n", OPS / "systemd" / "guapai"], check=True)


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
