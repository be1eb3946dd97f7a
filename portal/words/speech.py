"""What errors say, and every other text of ours that is marked as one: found where it is written."""

import ast
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import chain

from guapai.text import Joined, Said, joined
from portal.words.modules import reached

CHINESE = re.compile(r"[\u4e00-\u9fff]")
OURS = frozenset({"Said", "joined", "language", "several", "t"})
"""What is called with a text to be translated, though it may hold no Chinese word."""
_SAYING = {f"{f.__module__}.{f.__name__}" for f in (Said, Joined, joined)}
_Function = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass
class _Scope:
    """A module, or a function in one: what its names stand for."""

    module: str
    outer: "_Scope | None" = None
    function: _Function | None = None
    given: defaultdict[str, list[ast.expr]] = field(default_factory=lambda: defaultdict(list))
    functions: dict[str, "_Scope"] = field(default_factory=dict)
    imported: dict[str, tuple[str, str]] = field(default_factory=dict)

    @property
    def parameters(self) -> list[str]:
        """What the function is called with, in order, without the one that is called."""
        if self.function is None:
            return []
        said = self.function.args
        found = [a.arg for a in (*said.posonlyargs, *said.args, *said.kwonlyargs)]
        return found[1:] if found[:1] in (["self"], ["cls"]) else found


def said_in(known: Mapping[str, ast.Module]) -> tuple[set[str], set[str]]:
    """The texts that modules say to people, and where they say what nobody can look up.

    An error says what it is made with: a text, or what a name, a function or a parameter stands
    for, wherever that is written. Of a module that no page runs only what is marked counts: it
    may come to a page by way of a row.
    """
    found = _Speech(known)
    return found.texts, found.unreadable


class _Speech:
    def __init__(self, known: Mapping[str, ast.Module]) -> None:
        self.texts: set[str] = set()
        self.unreadable: set[str] = set()
        self._modules = {name: _Scope(name) for name in known}
        self._calls: defaultdict[str, list[tuple[ast.Call, _Scope]]] = defaultdict(list)
        self._heard: set[tuple[int, str]] = set()
        self._errors, self._run = _errors_in(known.values()), reached(known)
        seeds: list[tuple[ast.expr, _Scope]] = []
        for name, tree in known.items():
            for node, scope in self._enter(tree, self._modules[name]):
                seeds += [(said, scope) for said in self._seeds(node, scope)]
        for said, scope in seeds:
            self._hear(said, scope)

    def _enter(self, tree: ast.AST, scope: _Scope) -> Iterator[tuple[ast.AST, _Scope]]:
        """Every node of a module with the scope it stands in; notes what names stand for."""
        for node in ast.iter_child_nodes(tree):
            yield node, scope
            inner = scope
            if isinstance(node, _Function):
                inner = scope.functions.setdefault(
                    node.name, _Scope(scope.module, scope, node, imported={})
                )
            self._note(node, scope)
            yield from self._enter(node, inner)

    def _note(self, node: ast.AST, scope: _Scope) -> None:
        if isinstance(node, ast.Assign | ast.AnnAssign | ast.NamedExpr | ast.AugAssign):
            targets = node.targets if isinstance(node, ast.Assign) else [node.target]
            for name in (t.id for t in targets if isinstance(t, ast.Name) and node.value):
                scope.given[name].append(node.value)  # type: ignore[arg-type]
        elif isinstance(node, ast.ImportFrom):
            for alias in node.names:
                scope.imported[alias.asname or alias.name] = (str(node.module), alias.name)
        elif isinstance(node, ast.Call):
            self._calls[_name(node)].append((node, scope))
            match node.func:
                case ast.Attribute(value=ast.Name(id=name), attr="append" | "extend"):
                    scope.given[name] += node.args

    def _seeds(self, node: ast.AST, scope: _Scope) -> Iterator[ast.expr]:
        """What is said to people at a node."""
        if isinstance(node, ast.Call):
            yield from self._given(node, scope)
        elif isinstance(node, ast.Dict):
            for key, value in zip(node.keys, node.values, strict=True):
                if isinstance(key, ast.Constant) and _names_a_thing(key.value, value):
                    yield value
        elif scope.module not in self._run:
            return
        elif isinstance(node, ast.Raise) and node.exc:
            yield from _arguments(node.exc) if isinstance(node.exc, ast.Call) else [node.exc]
        elif isinstance(node, ast.ClassDef) and node.name in self._errors:
            calls = (n for n in ast.walk(node) if isinstance(n, ast.Call))
            yield from (a for c in calls if _name(c) == "__init__" for a in _arguments(c))

    def _given(self, call: ast.Call, scope: _Scope) -> Iterator[ast.expr]:
        """What of a call is said to people."""
        if _is_ours(call, scope):
            first = [a.value for a in call.args[:1] if isinstance(a, ast.Constant)]
            self.texts.update(v for v in first if isinstance(v, str))
            yield from _arguments(call)
        elif _name(call) in self._errors and scope.module in self._run:
            yield from _arguments(call)
        elif _name(call) != "Field":  # a form shows the title of a fact in words of its own
            yield from (k.value for k in call.keywords if _names_a_thing(k.arg, k.value))
        yield from (k.value for k in call.keywords if k.arg == "guarded")

    def _hear(self, said: ast.expr, scope: _Scope) -> None:
        """A text, or whatever stands for one."""
        match said:
            case ast.Constant(value=str(text)):
                self.texts |= {text} if CHINESE.search(text) else set()
            case ast.JoinedStr() | ast.BinOp(op=ast.Add() | ast.Mod()):
                self._refuse(said, scope)
            case ast.Call(func=ast.Attribute(value=inner, attr="format" | "join")):
                self._refuse(inner, scope)
            case ast.Name(id=name) | ast.Call(func=ast.Name(id=name)):
                self._look(name, scope)
            case ast.Attribute(value=ast.Name(id=name), attr=attribute):
                self._look(attribute, self._modules.get(_origin(name, scope)))
            case _:
                for part in _within(said):
                    self._hear(part, scope)

    def _refuse(self, said: ast.AST, scope: _Scope) -> None:
        """Note words between values: what they come to is in no catalogue."""
        if isinstance(said, ast.Call) and _is_ours(said, scope):
            return
        match said:
            case ast.Constant(value=str(text)) if CHINESE.search(text):
                self.unreadable.add(f"{scope.module}:{said.lineno}: {text}")
        for part in ast.iter_child_nodes(said):
            self._refuse(part, scope)

    def _look(self, name: str, scope: _Scope | None) -> None:
        """What a name stands for: in its function, in its module, in the module it is from."""
        while scope is not None:
            if (id(scope), name) in self._heard:
                return
            self._heard.add((id(scope), name))
            for value in scope.given.get(name, ()):
                self._hear(value, scope)
            if name in scope.functions:
                self._hear_answers(scope.functions[name])
            if name in scope.parameters:
                self._hear_callers(scope, name)
            elif name in scope.imported:
                module, name = scope.imported[name]
                scope = self._modules.get(module)
                continue
            scope = scope.outer

    def _hear_answers(self, scope: _Scope) -> None:
        """What a function answers with."""
        assert scope.function is not None
        for node in ast.walk(scope.function):
            if isinstance(node, ast.Return) and node.value:
                self._hear(node.value, scope)

    def _hear_callers(self, scope: _Scope, name: str) -> None:
        """What a function is given for a parameter, by whoever calls it."""
        assert scope.function is not None
        at = scope.parameters.index(name)
        for call, caller in self._calls[scope.function.name]:
            given = [k.value for k in call.keywords if k.arg == name]
            for said in given or call.args[at : at + 1]:
                self._hear(said, caller)


def _name(call: ast.Call) -> str:
    return getattr(call.func, "attr", getattr(call.func, "id", ""))


def _within(said: ast.expr) -> Iterable[ast.expr]:
    """What an expression may come to: either side of an alternative, each value of a table."""
    match said:
        case ast.IfExp(body=one, orelse=other):
            return (one, other)
        case ast.Dict(values=parts) | ast.BoolOp(values=parts) | ast.Tuple(elts=parts):
            return parts
        case ast.Call(func=ast.Attribute(value=inner, attr="get")):
            return (inner, *said.args)
        case ast.Call(func=ast.Attribute(value=inner)):
            return (inner,)
        case ast.Subscript(value=inner) | ast.NamedExpr(value=inner) | ast.Starred(value=inner):
            return (inner,)
    return ()


def _is_ours(call: ast.Call, scope: _Scope) -> bool:
    """Whether a call says a text of ours: by the name it has in the portal, or from guapai.text."""
    if scope.module.partition(".")[0] == "portal":
        return _name(call) in OURS
    return _origin(_name(call), scope) in _SAYING


def _names_a_thing(name: object, said: ast.expr) -> bool:
    """Whether a text is the title of something or the reason of an entry of history."""
    return name in ("title", "why") and isinstance(said, ast.Constant)


def _arguments(call: ast.Call) -> Iterable[ast.expr]:
    return chain(call.args, (k.value for k in call.keywords))


def _origin(name: str, scope: _Scope | None) -> str:
    """What is imported under a name, with its module; empty for a name from here."""
    while scope is not None:
        if name in scope.imported:
            return ".".join(scope.imported[name])
        scope = scope.outer
    return ""


def _errors_in(trees: Iterable[ast.Module]) -> set[str]:
    """The names of the errors of the product: GuapaiError, what derives from it, and so on."""
    classes = [n for t in trees for n in ast.walk(t) if isinstance(n, ast.ClassDef)]
    bases = {c.name: {getattr(b, "attr", getattr(b, "id", "")) for b in c.bases} for c in classes}
    found, more = set[str](), {"GuapaiError"}
    while more:
        found |= more
        more = {n for n, above in bases.items() if above & found} - found
    return found
