"""Identifiers, module names, docstrings, comments and everything that the program prints are plain technical English."""

from __future__ import annotations

import ast
import io
import json
import re
import tokenize
from collections.abc import Iterable, Iterator

import click
import pytest

from simulator.cli.app import podsim
from simulator.cli.table import ROWS
from tests.architecture.glossary import IN_NAMES, IN_PROSE, MODULE_NAMES, odd_words
from tests.architecture.source import ROOT, Module, modules

TEXTS_OF_OTHERS = {
    "simulator.userland.processes.signals": "killall's own message: 'you need to specify whom to kill'",
}
"""Modules with texts that are not podsim's: facts, which stay as they are."""
PLAY = re.compile(r"podsim play|^ +play(?= )", re.MULTILINE)
"""The command keeps its name, alone in the list of commands, too."""


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
    assert {module.name: words for module in modules().values() if (words := odd_prose(module))} == {}


def messages(module: Module) -> Iterator[str]:
    """Every string of more than one word: messages, help, labels. Parts of f-strings are strings of their own."""
    for node in module.nodes:
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and " " in node.value.strip():
            yield PLAY.sub("", node.value)


def test_messages() -> None:
    odd = {module.name: words for module in modules().values() if (words := [odd for text in messages(module) for odd in odd_words(text)])}
    assert set(odd) == set(TEXTS_OF_OTHERS), odd


@pytest.mark.parametrize("name", ["", *ROWS])
def test_help(name: str) -> None:
    """The help of podsim and of each command: sentences of docstrings, options, and the table of commands."""
    command = podsim.get_command(click.Context(podsim), name) if name else podsim
    assert command is not None
    assert (
        list(
            odd_words(PLAY.sub("", command.get_help(click.Context(command, info_name=f"podsim {name}".strip(), **podsim.context_settings))))
        )
        == []
    )


@pytest.mark.parametrize("file", ["dialect/switches.json", "scenario/descriptions.json"])
def test_descriptions(file: str) -> None:
    texts = json.loads((ROOT / "simulator" / file).read_text(encoding="utf-8"))
    assert {key: odd for key, text in texts.items() if (odd := list(odd_words(text)))} == {}


def test_outputs_of_the_gallery() -> None:
    """What `podsim run` prints, as the golden texts have it."""
    files = sorted((ROOT / "scenarios").glob("*/expected/run.txt"))
    assert files
    assert {file.parts[-3]: odd for file in files if (odd := list(odd_words(PLAY.sub("", file.read_text(encoding="utf-8")))))} == {}


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
