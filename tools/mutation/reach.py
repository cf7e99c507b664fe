"""Which tests run which functions: a pytest plugin that writes it down, for the tests nearest to the code that is changed.

Only calls are traced, so a run takes little longer than without. What is written holds until the test's file changes.
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from time import process_time
from types import CodeType, FrameType
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = ("api", "controllers", "kubelet", "scheduler")
"""Where faults are put in."""
INSIDE = tuple(f"{ROOT}{os.sep}simulator{os.sep}{package}{os.sep}" for package in PACKAGES)


def module_of(path: str) -> str:
    """`simulator.api.names` for its file."""
    return Path(path).relative_to(ROOT).with_suffix("").as_posix().replace("/", ".").removesuffix(".__init__")


class Reach:
    """Notes for each test that passed how much CPU time it took and the functions it ran, as `module:Class.method`."""

    def __init__(self, out: Path) -> None:
        self._out = out
        self._names: dict[CodeType, str] = {}
        self._here: set[CodeType] = set()
        self._began = 0.0
        self.tests: dict[str, dict[str, Any]] = {}

    def pytest_runtest_setup(self) -> None:
        """Trace from the fixtures on: what they build is used by the test."""
        self._here.clear()
        self._began = process_time()
        sys.settrace(self._on_call)

    def _on_call(self, frame: FrameType, event: str, _argument: object) -> None:
        code = frame.f_code
        if code not in self._here and code.co_filename.startswith(INSIDE):
            self._here.add(code)

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Keep what a test that passed has run."""
        if report.when == "call":
            sys.settrace(None)
        if report.when == "call" and report.passed:
            functions = sorted({self._name(code) for code in self._here})
            self.tests[report.nodeid] = {"seconds": round(process_time() - self._began, 4), "functions": functions}

    def _name(self, code: CodeType) -> str:
        """The outermost function or method that a piece of code belongs to."""
        if code not in self._names:
            self._names[code] = f"{module_of(code.co_filename)}:{code.co_qualname.partition('.<locals>')[0]}"
        return self._names[code]

    def pytest_sessionfinish(self) -> None:
        """Write it all down."""
        self._out.write_text(json.dumps(self.tests), encoding="utf-8")


def main(arguments: list[str]) -> int:
    """`python reach.py OUT TEST_FILE ...`: run the tests and write what they reach."""
    out, *files = arguments
    return int(pytest.main(["-q", "-p", "no:cacheprovider", *files], plugins=[Reach(Path(out))]))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
