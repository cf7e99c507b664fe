"""Nothing is too big to be read: modules, lists of parameters, packages."""

from __future__ import annotations

import ast
from collections import Counter

from tests.architecture.source import FunctionNode, modules

MOST_LINES = 300
MOST_PARAMETERS = 7
MOST_OF_THE_CODE = 0.12
"""The share of all lines that one package may have."""


def parameters(function: FunctionNode) -> int:
    """How many parameters a function has, without `self` and `cls`."""
    args = function.args
    names = [one.arg for one in (*args.posonlyargs, *args.args, *args.kwonlyargs)]
    return len(names) - (names[:1] in (["self"], ["cls"])) + (args.vararg is not None) + (args.kwarg is not None)


def test_modules_fit_on_a_few_screens() -> None:
    assert {module.name: module.lines for module in modules().values() if module.lines > MOST_LINES} == {}


def test_functions_have_few_parameters() -> None:
    many = {
        f"{module.name}.{function.name}": parameters(function)
        for module in modules().values()
        for function in module.functions()
        if parameters(function) > MOST_PARAMETERS
    }
    assert many == {}


def test_parameters_are_counted_without_self() -> None:
    tree = ast.parse("def method(self, a, /, b, *rest, c=1, **options): ...")
    assert parameters(next(node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef))) == 5


def test_no_package_is_too_large() -> None:
    lines: Counter[str] = Counter()
    for module in modules().values():
        lines[module.package] += module.lines
    assert {package: count for package, count in lines.items() if count > MOST_OF_THE_CODE * lines.total()} == {}
