"""What a deployable imports on the Google engine, read from its source without running it.

Of wiring only the functions that are called count, and of those not the ones that build the
embedded engine. Imports inside functions count everywhere, imports for type checkers nowhere.
"""

import ast
from collections.abc import Iterable, Iterator
from functools import cache
from importlib.metadata import distributions
from pathlib import Path

from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[2]
OWN = ("shared", "functions", "run_services")
_WIRING = {"shared.wiring", "shared.wiring_identity", "shared.wiring_stores"}
_EMBEDDED = {"embedded_documents", "embedded_events", "embedded_objects", "_local_tokens"}


def distributions_of(modules: Iterable[str]) -> set[str]:
    """The installed distributions that these, and all they lead to in this project, import."""
    owners = _owners()
    found = set()
    for name in _Imports(modules).foreign:
        owner = next((owners[part] for part in _prefixes(name) if part in owners), None)
        if owner is not None:
            found.add(owner)
    return found


def modules_under(folder: Path) -> list[str]:
    return [".".join(path.relative_to(ROOT).with_suffix("").parts) for path in folder.rglob("*.py")]


class _Imports:
    def __init__(self, modules: Iterable[str]) -> None:
        self.foreign: set[str] = set()
        self._seen: set[str] = set()
        for module in modules:
            self._follow(module)

    def _follow(self, name: str) -> None:
        if name in self._seen:
            return
        self._seen.add(name)
        if name.partition(".")[0] not in OWN:
            self.foreign.add(name)
            return
        if (file := _file(name)) is None:
            module, _, member = name.rpartition(".")
            self._follow_member(module, member)
            return
        tree = _tree(file)
        if name in _WIRING:
            outside = [n for n in tree.body if not isinstance(n, ast.FunctionDef | ast.Assign)]
            self._follow_all(_imported(outside, name))
        else:
            self._follow_all(_imported(tree.body, name))
            self._follow_all(_used_of_wiring(tree))

    def _follow_member(self, module: str, member: str) -> None:
        """Of wiring one function is followed, of any other module all of it."""
        self._follow(module)
        if module not in _WIRING or member in _EMBEDDED:
            return
        tree = _tree(_file(module) or Path())
        known = _members(tree, module)
        for node in tree.body:
            is_it = (isinstance(node, ast.FunctionDef) and node.name == member) or (
                isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == member
            )
            if is_it:
                self._follow_all(_imported([node], module))
                self._follow_all(_used_of_wiring(node))
                names = (n.id for n in ast.walk(node) if isinstance(n, ast.Name))
                self._follow_all(known[name] for name in names if name in known)

    def _follow_all(self, names: Iterable[str]) -> None:
        for name in names:
            self._follow(name)


def _used_of_wiring(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        is_member = isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name)
        if is_member and f"shared.{node.value.id}" in _WIRING:
            yield f"shared.{node.value.id}.{node.attr}"


def _members(tree: ast.Module, module: str) -> dict[str, str]:
    """What a name at the top of a wiring module means, where it is a function of wiring."""
    found = {}
    for node in tree.body:
        if isinstance(node, ast.FunctionDef):
            found[node.name] = f"{module}.{node.name}"
        elif isinstance(node, ast.Assign):
            target = ast.unparse(node.targets[0])
            found[target] = f"{module}.{target}"
        elif isinstance(node, ast.ImportFrom) and node.module in _WIRING:
            found |= {alias.name: f"{node.module}.{alias.name}" for alias in node.names}
    return found


def _imported(body: Iterable[ast.stmt], module: str) -> Iterator[str]:
    for node in _executed(body):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = node.module or ""
            if node.level:
                package = module.split(".")[: -node.level]
                base = ".".join([*package, *([base] if base else [])])
            yield base
            if base not in _WIRING:
                yield from (f"{base}.{alias.name}" for alias in node.names)


def _executed(body: Iterable[ast.stmt]) -> Iterator[ast.AST]:
    for node in body:
        if not (isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING"):
            yield node
            yield from _executed(ast.iter_child_nodes(node))  # type: ignore[arg-type]


def _file(module: str) -> Path | None:
    path = ROOT.joinpath(*module.split("."))
    files = (path.with_suffix(".py"), path / "__init__.py")
    return next((file for file in files if file.is_file()), None)


@cache
def _tree(file: Path) -> ast.Module:
    return ast.parse(file.read_text())


@cache
def _owners() -> dict[str, str]:
    """Distribution by the dotted name of each of its modules."""
    owners = {}
    for distribution in distributions():
        name = canonicalize_name(distribution.metadata["Name"])
        for file in distribution.files or ():
            if file.suffix in {".py", ".so"}:
                parts = [*file.parts[:-1], file.name.split(".")[0]]
                owners[".".join(part for part in parts if part != "__init__")] = name
    return owners


def _prefixes(name: str) -> Iterator[str]:
    parts = name.split(".")
    return (".".join(parts[:length]) for length in range(len(parts), 0, -1))
