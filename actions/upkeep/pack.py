"""Rule packs as an operator sees them: what is published, what it says, how a file would differ."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from guapai.errors import BadInput, Missing
from law.pack import Pack, check_pack, from_json, read_pack, shipped_texts
from law.provisions import cite
from statemachines.vocabulary import VOCABULARY
from storage.database.work import Work
from storage.upkeep import pack as packs
from storage.upkeep.pack import PublishedPack


@dataclass(frozen=True)
class Parameter:
    """One number of a pack: where it stands, its value as written, and what it rests on.

    ``lent``: the pack is older than the number, whose value is the country's.
    """

    path: str
    value: str
    kind: str
    basis: str
    cited: str
    lent: bool = False


@dataclass(frozen=True)
class Difference:
    """A value that a file would change; None where one side has none."""

    path: str
    old: Any
    new: Any


def newest(work: Work, name: str) -> PublishedPack:
    """The version of a pack that new cases follow. Raises Missing for an unknown name."""
    found = [p for p in packs.published(work) if p.name == name]
    if not found:
        known = sorted({p.name for p in packs.published(work)})
        raise Missing(f"no pack {name!r} is published; there are: {', '.join(known) or 'none'}")
    return found[-1]


def parameters(pack: Pack) -> list[Parameter]:
    """Every number of a pack with its basis: the parameters, then the terms of the duties."""
    plain = pack.model_dump(mode="json")
    duties = {k: v["within"] for k, v in plain["duties"].items() if v["within"] is not None}
    lent = {p.removeprefix("parameters.").removesuffix(".within") for p in pack.filled}
    return [
        Parameter(
            path=path,
            value=_written(n["value"]),
            kind=n["kind"],
            basis=n["basis"],
            cited=cite(n["basis"], pack.jurisdiction),
            lent=path in lent,
        )
        for path, n in [*_numbers(plain["parameters"], ""), *_numbers(duties, "duties.")]
    ]


def _numbers(value: Mapping[str, Any], path: str) -> Iterator[tuple[str, Mapping[str, Any]]]:
    for key, inner in value.items():
        if "basis" in inner:
            yield f"{path}{key}", inner
        else:
            yield from _numbers(inner, f"{path}{key}.")


def _written(value: Any) -> str:
    if isinstance(value, list):
        return ", ".join(map(str, value))
    return {True: "yes", False: "no"}[value] if isinstance(value, bool) else str(value)


def read_file(file: Path) -> Pack:
    """A pack file, laid over the shipped pack it extends.

    Raises BadInput naming file, line and key of the first thing that cannot be.
    """
    try:
        text = file.read_text(encoding="utf-8")
    except OSError as error:
        raise BadInput(f"cannot read {file}: {error.strerror}") from None
    except UnicodeDecodeError:
        raise BadInput(f"{file} is not UTF-8 text; save it as UTF-8") from None
    known: dict[str, dict[str, Any]] = {}
    for name, shipped in shipped_texts().items():
        known[name] = read_pack(shipped, f"{name}.toml", known)
    return check_pack(read_pack(text, file.name, known), text, file.name, VOCABULARY)


def differences(work: Work, pack: Pack) -> list[Difference] | None:
    """What a pack would change in the published one of its name; None when none is published."""
    published = [p for p in packs.published(work) if p.name == pack.name]
    if not published:
        return None
    before = from_json(published[-1].text)
    leaves = _leaves(before.model_dump(mode="json"), "")
    old = {path: value for path, value in leaves if not _within(path, before.filled)}
    new = dict(_leaves(pack.model_dump(mode="json"), ""))
    return [
        Difference(path, old.get(path), new.get(path))
        for path in sorted(old.keys() | new.keys())
        if old.get(path) != new.get(path)
    ]


def _within(path: str, others: Iterable[str]) -> bool:
    return any(path == p or path.startswith(f"{p}.") for p in others)


def _leaves(value: Any, path: str) -> Iterator[tuple[str, Any]]:
    if isinstance(value, Mapping):
        for key, inner in value.items():
            yield from _leaves(inner, f"{path}.{key}" if path else str(key))
    elif isinstance(value, list) and value and isinstance(value[0], Mapping):
        for inner in value:  # rungs, known by their ids
            yield from _leaves(inner, f"{path}.{inner['id']}")
    else:
        yield path, value
