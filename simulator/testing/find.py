"""Which files are tests: Scenarios with expectations, and files of expectations (`*.podsim.yaml`)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from glob import glob, has_magic
from pathlib import Path

from simulator.errors import UsageError
from simulator.manifest.documents import Document, documents
from simulator.scenario.inputs import scenario_file
from simulator.testing.golden.place import golden_beside

SUFFIXES = (".podsim.yaml", ".podsim.yml")
YAML = (".yaml", ".yml")


def is_test_name(name: str) -> bool:
    """Whether the name of a file alone makes it a test."""
    return name.endswith(SUFFIXES)


def find_tests(paths: Sequence[str], *, without_expectations: bool = False) -> list[str]:
    """The tests that files, folders and globs name, each once, in order; within a folder by name.

    Scenarios in a folder are tests when they have expectations or a golden journal, or all of them `without_expectations`.
    Raises UsageError for a path that does not exist, and for a file that is not a test.
    """
    tests: dict[str, None] = {}
    for path in _expanded(paths):
        if Path(path).is_dir():
            tests.update(dict.fromkeys(_in_folder(Path(path), without_expectations)))
        elif scenario_file(path) is None and not is_test_name(path):
            raise UsageError(f"{path}: neither a Scenario nor Expectations (apiVersion: podsim/v1)")
        else:
            tests[path] = None
    return list(tests)


def _expanded(paths: Sequence[str]) -> Iterator[str]:
    for path in paths:
        if Path(path).exists():
            yield path
        elif has_magic(path):
            # Other files that match a glob are skipped: a shell's `*` would match them too.
            matches = sorted(glob(path, recursive=True))  # noqa: PTH207 (a pattern as the user wrote it, absolute or not)
            yield from (match for match in matches if Path(match).is_dir() or is_test_name(match) or scenario_file(match) is not None)
        else:
            raise UsageError(f"{path}: no such file or folder")


def _in_folder(folder: Path, every: bool) -> Iterator[str]:
    for place in sorted(folder.iterdir()):
        if place.name.startswith("."):
            continue
        if place.is_dir():
            yield from _in_folder(place, every)
        elif is_test_name(place.name) or (place.suffix in YAML and _is_test(place, every)):
            yield str(place)


def _is_test(place: Path, every: bool) -> bool:
    if scenario_file(str(place)) is None:
        return False
    return every or golden_beside(str(place)).is_file() or _expects(place)


def _expects(place: Path) -> bool:
    first = next(documents(place.read_text(encoding="utf-8")), None)
    spec = first.value.get("spec") if isinstance(first, Document) and isinstance(first.value, dict) else None
    return isinstance(spec, dict) and bool(spec.get("expect"))
