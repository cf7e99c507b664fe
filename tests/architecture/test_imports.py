"""Modules import each other without cycles, and inside functions only where it saves start-up time."""

from __future__ import annotations

import re
from fnmatch import fnmatchcase

from tests.architecture.graphs import components
from tests.architecture.source import ROOT, imports, modules


def test_no_cycles() -> None:
    """Imports inside functions and for type checkers count: they tie modules together as well."""
    graph: dict[str, set[str]] = {}
    for one in imports():
        if one.target in modules():
            graph.setdefault(one.source, set()).add(one.target)
    assert components(graph) == []


def test_components_of_a_graph() -> None:
    graph = {"a": ["b"], "b": ["c"], "c": ["a", "d"], "d": ["e"], "e": [], "f": ["f"], "g": ["a"]}
    assert components(graph) == [["a", "b", "c"], ["f"]]


ROW = re.compile(r"^\| (?P<importers>`[^|]+) \| (?P<imported>[^|]+) \| (?P<why>[^|]+) \|$", re.MULTILINE)


def listed() -> list[tuple[list[str], list[str]]]:
    """The rows of the table in docs/architecture.md: patterns of modules that import, and of what they import, without `simulator.`."""
    text = (ROOT / "docs" / "architecture.md").read_text()
    section = text.partition("## Imports inside functions\n")[2].partition("\n## ")[0]
    return [(re.findall(r"`([^`]+)`", row["importers"]), re.findall(r"`([^`]+)`", row["imported"])) for row in ROW.finditer(section)]


def fits(name: str, patterns: list[str]) -> bool:
    return any(fnmatchcase(name, pattern) for pattern in patterns)


def test_imports_inside_functions_are_listed() -> None:
    rows = listed()
    late = [(one.source.removeprefix("simulator."), one.target.removeprefix("simulator."), one.line) for one in imports() if one.late]
    unlisted = [
        f"{source}:{line} imports {target}"
        for source, target, line in late
        if not any(fits(source, importers) and fits(target, imported) for importers, imported in rows)
    ]
    assert unlisted == []


def test_every_pattern_of_the_list_is_needed() -> None:
    late = [(one.source.removeprefix("simulator."), one.target.removeprefix("simulator.")) for one in imports() if one.late]
    for importers, imported in listed():
        assert [p for p in importers if not any(fits(source, [p]) and fits(target, imported) for source, target in late)] == []
        assert [p for p in imported if not any(fits(source, importers) and fits(target, [p]) for source, target in late)] == []
