"""The source of podsim as syntax trees: modules, who imports whom, functions, names."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import cached_property, lru_cache
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parents[2]
PACKAGE = "simulator"

FunctionNode = ast.FunctionDef | ast.AsyncFunctionDef


class Module:
    """One source file. `name` is dotted; a package's is that of its `__init__`."""

    def __init__(self, path: Path) -> None:
        self.path = path
        parts = path.relative_to(ROOT).with_suffix("").parts
        self.name = ".".join(parts[:-1] if parts[-1] == "__init__" else parts)
        self.text = path.read_text()

    @property
    def package(self) -> str:
        """The package below `simulator` that it belongs to; its own name when it is a module of the top."""
        return self.name.partition(".")[2].partition(".")[0]

    @cached_property
    def tree(self) -> ast.Module:
        """The syntax tree."""
        return ast.parse(self.text, str(self.path))

    @cached_property
    def nodes(self) -> tuple[ast.AST, ...]:
        """All nodes of the tree but docstrings."""
        nodes = tuple(ast.walk(self.tree))
        texts = {id(node.value) for node in nodes if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)}
        return tuple(node for node in nodes if id(node) not in texts)

    @property
    def lines(self) -> int:
        """How many lines it has."""
        return len(self.text.splitlines())

    def functions(self) -> Iterator[FunctionNode]:
        """All functions and methods."""
        for node in self.nodes:
            if isinstance(node, FunctionNode):
                yield node


class Import(NamedTuple):
    """An import; `late`: inside a function. `target` is a module of podsim, or of a library."""

    source: str
    target: str
    late: bool
    line: int


@lru_cache(maxsize=1)
def modules() -> dict[str, Module]:
    """Every module of podsim by its name."""
    found = [Module(path) for path in sorted((ROOT / PACKAGE).rglob("*.py"))]
    return {module.name: module for module in found}


@lru_cache(maxsize=1)
def imports() -> tuple[Import, ...]:
    """Every import by a module of podsim, those inside functions and for type checkers included."""
    return tuple(one for module in modules().values() for one in _imports(module, module.tree, late=False))


def _imports(module: Module, node: ast.AST, *, late: bool) -> Iterator[Import]:
    for child in ast.iter_child_nodes(node):
        for target in _targets(child):
            yield Import(module.name, target, late, getattr(child, "lineno", 0))
        yield from _imports(module, child, late=late or isinstance(child, FunctionNode | ast.Lambda))


def _targets(node: ast.AST) -> Iterator[str]:
    """The modules that a statement imports: `from simulator.a import b` is `simulator.a.b` when that is a module."""
    if isinstance(node, ast.Import):
        yield from (alias.name for alias in node.names)
    elif isinstance(node, ast.ImportFrom):
        assert node.level == 0, "imports are absolute"
        targets = [f"{node.module}.{alias.name}" for alias in node.names]
        yield from dict.fromkeys(target if target in modules() else str(node.module) for target in targets)
