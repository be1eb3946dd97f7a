"""Rule packs as an operator sees them: what is published, what it says, how a file would differ."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from actions.act.administration import By, check_place, note
from actions.ground import doubtful, named_by
from guapai.errors import BadInput, Missing, NotAllowed
from law.pack import Pack, check_pack, examine, from_json, shipped_texts
from law.packfile import in_order, key_of, line_of, read_pack
from law.place import head_of
from law.provisions import EVERY_SECTOR, Provision, cited
from statemachines.noted import Administered
from statemachines.vocabulary import VOCABULARY
from storage.database.work import Work
from storage.upkeep import pack as packs
from storage.upkeep import provision as provisions
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
    """The version of a pack that new cases follow today. Raises Missing for an unknown name."""
    found = packs.in_force(work, name)
    if found is not None:
        return found
    known = sorted({p.name for p in packs.published(work)})
    if name in known:
        raise Missing(f"no version of the pack {name!r} is valid today; see: guapai pack list")
    raise Missing(f"no pack {name!r} is published; there are: {', '.join(known) or 'none'}")


def parameters(pack: Pack, day: date) -> list[Parameter]:
    """Every number of a pack with its basis on a day: the parameters, then the terms of the duties."""
    plain = pack.model_dump(mode="json")
    duties = {k: v["within"] for k, v in plain["duties"].items() if v["within"] is not None}
    lent = {p.removeprefix("parameters.").removesuffix(".within") for p in pack.filled}
    return [
        Parameter(
            path=path,
            value=_written(n["value"]),
            kind=n["kind"],
            basis=n["basis"],
            cited=cited(n["basis"], pack.jurisdiction, day, pack.sector),
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


@dataclass(frozen=True)
class Examined:
    """What a look at a pack file found: each thing that cannot be, and each that needs somebody.

    ``faults`` name line, key and reason. ``doubts`` are provisions whose text nobody has compared
    and nobody has taken on. ``shadows`` are published packs of narrower places that go before it.
    ``differences`` is None where no pack of its name is published.
    """

    name: str
    faults: list[str]
    doubts: list[Provision]
    shadows: list[str]
    differences: list[Difference] | None


def examine_file(work: Work, file: Path) -> Examined:
    """All there is to say of a pack file before it is published. Raises BadInput for no TOML."""
    values, text = _file(work, file)
    pack, faults = examine(values, VOCABULARY)
    said = [f"{file.name}, line {line_of(text, p)}, {'.'.join(p)}: {why}" for p, why in faults]
    if pack is None:
        return Examined(str(values.get("name", file.stem)), said, [], [], None)
    doubts = doubtful(work, named_by(work, pack), pack.jurisdiction)
    return Examined(pack.name, said, doubts, _shadows(work, pack), differences(work, pack))


def _shadows(work: Work, pack: Pack) -> list[str]:
    """The published packs of places within, which take its cases: for every trade, or for its own."""
    found = {p.name: packs.get(work, p.id) for p in packs.published(work) if p.name != pack.name}
    return sorted(
        name
        for name, other in found.items()
        if other.jurisdiction.startswith(head_of(pack.jurisdiction))
        and other.jurisdiction != pack.jurisdiction
        and other.governs(pack.sector)
        and pack.sector != EVERY_SECTOR
    )


def read_file(work: Work, file: Path) -> Pack:
    """A pack file, laid over the pack it extends: the one in force, else the one beside it.

    A file that extends the name it has itself is laid over the pack of that name that we ship.

    Raises BadInput naming file, line and key of the first thing that cannot be.
    """
    values, text = _file(work, file)
    return check_pack(values, text, file.name, VOCABULARY)


def _file(work: Work, file: Path) -> tuple[dict[str, Any], str]:
    """The plain values of a pack file, over what it extends, and its text."""
    beside = {f.stem: f for f in sorted(file.parent.glob("*.toml")) if f != file}
    text = _text(file)
    return _laid(work, in_order({**_texts(beside), file.stem: text}), file.stem), text


def read_folder(work: Work, folder: Path) -> Iterator[Pack]:
    """Every pack file of a folder, bases first, each laid over what is published by then.

    Raises BadInput as `read_file`.
    """
    if not folder.is_dir():
        raise BadInput(f"there is no folder {folder}; GUAPAI_PACKS names it")
    texts = in_order({f.stem: _text(f) for f in sorted(folder.glob("*.toml"))})
    for name, text in texts.items():
        yield check_pack(_laid(work, texts, name), text, f"{name}.toml", VOCABULARY)


def _text(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8")
    except OSError as error:
        raise BadInput(f"cannot read {file}: {error.strerror}") from None
    except UnicodeDecodeError:
        raise BadInput(f"{file} is not UTF-8 text; save it as UTF-8") from None


def _texts(files: Mapping[str, Path]) -> dict[str, str]:
    """What can be read of some files: they only help to understand another one."""
    out = {}
    for name, file in files.items():
        try:
            out[name] = _text(file)
        except BadInput:
            continue
    return out


def _laid(work: Work, texts: Mapping[str, str], name: str) -> dict[str, Any]:
    known: dict[str, dict[str, Any]] = {}
    for shipped, text in shipped_texts().items():
        known[shipped] = read_pack(text, f"{shipped}.toml", known)
    own = key_of(texts.get(name, ""), "name")
    for published in {p.name for p in packs.published(work)} - {own}:
        found = packs.in_force(work, published)
        if found is not None:
            known[published] = from_json(found.text).model_dump(mode="json")
    for other, text in texts.items():
        if other == name:
            return read_pack(text, f"{name}.toml", known)
        if other not in known:
            try:
                known[other] = read_pack(text, f"{other}.toml", known)
            except BadInput:
                continue
    raise BadInput(f"there is no pack file {name}.toml")


def publish(work: Work, by: By, pack: Pack) -> bool:
    """Publish a pack of one's own; False when it is the newest of its name already.

    Raises NotAllowed for a jurisdiction beyond who decides.
    """
    check_place(by, head_of(pack.jurisdiction), pack.title)
    changed = differences(work, pack)
    stored = packs.publish_again(work, pack)
    if stored is None:
        return False
    facts = {"name": pack.name, "jurisdiction": pack.jurisdiction, "sha256": pack.fingerprint}
    told = None if changed is None else [vars(d) for d in changed]
    note(work, by, "pack", stored, Administered.publish, {**facts, "changed": told})
    return True


def take_on(work: Work, by: By, rules: Iterable[Provision]) -> list[Provision]:
    """Somebody answers for provisions whose text nobody here has compared; those that are new.

    They are taken on for the place of who does it and below. Raises NotAllowed for nobody by name.
    """
    if by.actor is None or by.actor.person_id is None:
        raise NotAllowed("依据须由具名的人员确认承担")
    kept = provisions.ids(work)
    new = doubtful(work, rules, by.head.ljust(6, "0"))
    for rule in new:
        facts = {"key": rule.key, "sha256": rule.fingerprint, "head": by.head}
        note(work, by, "provision", kept[rule.fingerprint], Administered.take_on, facts)
    return new


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
