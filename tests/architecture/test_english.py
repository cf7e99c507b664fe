"""Identifiers, module names, docstrings and comments are plain technical English."""

from __future__ import annotations

import ast
import io
import re
import tokenize
from collections import Counter
from collections.abc import Iterable, Iterator

import pytest

from tests.architecture.glossary import IN_NAMES, IN_PROSE, MODULE_NAMES, odd_words
from tests.architecture.source import Module, modules

HELP_TEXTS_LEFT = {"cli": 10}
"""Docstrings of commands are their help texts: users see them, so they are reworded with all other texts."""

OTHERS_TEXTS = frozenset(
    {"api", "client", "controllers", "dialect", "golang", "images", "kubectl", "kubelet", "scheduler", "shell", "userland"}
)
"""Packages whose texts are those of Kubernetes and of the tools in containers, to the letter."""
TEXTS_LEFT = {
    "advice": 22,
    "calibrate": 1,
    "cli": 38,
    "container": 3,
    "engine": 1,
    "expectations": 4,
    "metrics": 1,
    "public": 1,
    "scenario": 4,
    "testing": 7,
    "views": 36,
    "whatif": 8,
}
"""How many words of the glossary each package still prints. Lower the numbers; they never rise."""


def identifiers(nodes: Iterable[ast.AST]) -> Iterator[str]:
    """Every name where it is defined: variables, parameters, functions, classes, fields, aliases."""
    for node in nodes:
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            yield node.id
        elif isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store):
            yield node.attr
        elif isinstance(node, ast.arg):
            yield node.arg
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            yield node.name
        elif isinstance(node, ast.alias) and node.asname:
            yield node.asname


def words(identifier: str) -> set[str]:
    """The words of `some_name`, `SomeName` and `SOME_NAME`; "not found" is Kubernetes' own term and no odd word."""
    return set(re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", identifier).lower().replace("not_found", "").split("_"))


def odd_names(module: Module) -> list[str]:
    return [name for name in identifiers(module.nodes) if words(name) & IN_NAMES]


def prose(module: Module) -> Iterator[str]:
    """Docstrings and comments."""
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and isinstance(node.value.value, str):
            yield node.value.value
    for token in tokenize.generate_tokens(io.StringIO(module.text).readline):
        if token.type == tokenize.COMMENT:
            yield token.string


def odd_prose(module: Module) -> list[str]:
    return [match[0] for text in prose(module) for match in IN_PROSE.finditer(text)]


def test_identifiers() -> None:
    assert {module.name: names for module in modules().values() if (names := odd_names(module))} == {}


def test_docstrings_and_comments() -> None:
    counts: Counter[str] = Counter()
    for module in modules().values():
        counts[module.package] += len(odd_prose(module))
    assert {package: count for package, count in counts.items() if count > HELP_TEXTS_LEFT.get(package, 0)} == {}


def odd_texts(module: Module) -> list[str]:
    """What is odd in the strings of a module that are sentences or parts of some."""
    strings = (node.value for node in module.nodes if isinstance(node, ast.Constant) and isinstance(node.value, str) and " " in node.value)
    return [odd for string in strings for odd in odd_words(string)]


def test_printed_texts() -> None:
    counts: Counter[str] = Counter()
    for module in modules().values():
        if module.package not in OTHERS_TEXTS:
            counts[module.package] += len(odd_texts(module))
    assert {package: count for package, count in counts.items() if count > TEXTS_LEFT.get(package, 0)} == {}


def test_modules_are_named_after_their_content() -> None:
    odd = {name for name in modules() if name.rpartition(".")[2] in MODULE_NAMES}
    assert odd == set()


@pytest.mark.parametrize(
    ("source", "names"),
    [
        ("found = 1", ["found"]),
        ("def told(asked): ...", ["told", "asked"]),
        ("class WasHeard: said: int = 0", ["WasHeard", "said"]),
        ("for foundation, IS_WANTED in x: ...", ["IS_WANTED"]),
        ("self.found_at = found", ["found_at"]),
    ],
)
def test_where_a_name_is_defined(source: str, names: list[str]) -> None:
    assert [name for name in identifiers(ast.walk(ast.parse(source))) if words(name) & IN_NAMES] == names
