"""Pack files as text: what they say, laid over what they extend, bases first."""

import re
import tomllib
from collections.abc import Mapping
from typing import Any

from guapai.errors import BadInput


def read_pack(text: str, name: str, known: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    """The plain values of a pack file, laid over the pack it extends.

    ``known`` holds the plain values of packs read before, by name. Raises BadInput for text that
    is not TOML, and for an unknown base.
    """
    try:
        value = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise BadInput(f"{name}: not TOML: {error}") from None
    base = value.pop("extends", None)
    if base is None:
        return value
    if base not in known:
        raise BadInput(f"{name}, line {line_of(text, ('extends',))}: there is no pack {base!r}")
    return _laid_over(known[base], value)


def in_order(texts: Mapping[str, str]) -> dict[str, str]:
    """Pack files by name, what a pack extends before it where it is one of them."""
    out: dict[str, str] = {}

    def put(name: str, above: tuple[str, ...]) -> None:
        if name in out or name not in texts:
            return
        if name in above:
            raise BadInput(f"{name}.toml extends itself: {' → '.join((*above, name))}")
        base = key_of(texts[name], "extends")
        if base != name:  # over its own name: over the pack of that name we ship
            put(base, (*above, name))
        out[name] = texts[name]

    for name in sorted(texts):
        put(name, ())
    return out


def key_of(text: str, key: str) -> str:
    """What a pack file says under a key at its top; empty for nothing, and for what is no TOML."""
    try:
        return str(tomllib.loads(text).get(key, ""))
    except tomllib.TOMLDecodeError:
        return ""


def line_of(text: str, path: tuple[str, ...]) -> int:
    """The line that most likely holds a key: the deepest word of its path found after the last."""
    lines = text.splitlines()
    found = start = 0
    for word in path:
        pattern = re.compile(rf'(^|[\[\].{{,\s"]){re.escape(word)}(["\].}}\s=]|$)')
        for i in range(start, len(lines)):
            if pattern.search(lines[i].split("#")[0]):
                found = start = i
                break
    return found + 1


def _laid_over(base: Mapping[str, Any], top: Mapping[str, Any]) -> dict[str, Any]:
    out = dict(base)
    for key, value in top.items():
        below = out.get(key)
        if isinstance(value, Mapping) and isinstance(below, Mapping) and "value" not in value:
            out[key] = _laid_over(below, value)
        elif key in ("rungs", "climb") and isinstance(below, list):
            ids = {r.get("id") for r in value}
            out[key] = [r for r in below if r.get("id") not in ids] + value
        else:
            out[key] = value
    return out
