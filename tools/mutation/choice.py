"""Which tests to run for a fault: those that reach its function, the most promising first."""

from __future__ import annotations

import ast
import json
import subprocess
import sys
from collections import Counter
from collections.abc import Iterable
from hashlib import sha256
from pathlib import Path
from typing import Any, NamedTuple

from faults import Fault
from reach import PACKAGES, ROOT, module_of

HERE = Path(__file__).resolve().parent
STATE = ROOT / "build" / "mutation"
TESTS = ("api", "client", "controllers", "kubelet", "scheduler", "conformance/test_traces.py")
"""The nearest tests: folders and files of tests/."""
MOST_TESTS = 150
MOST_SECONDS = 4.0
"""For one fault: as many tests as fit, of the files named after its module, of the folder of its package, and of the others. CPU time."""


class Test(NamedTuple):
    """A test that reaches a fault."""

    name: str
    seconds: float


def sources() -> list[Path]:
    """The files that faults are put into."""
    return sorted(path for package in PACKAGES for path in (ROOT / "simulator" / package).rglob("*.py"))


class Reached(NamedTuple):
    """For each function the tests that run it, and the digest of each test file."""

    tests: dict[str, list[Test]]
    files: dict[str, str]


def reached() -> Reached:
    """Test files that are new or have changed are run for it."""
    known = read_state(STATE / "reach.json")
    folders = [ROOT / "tests" / name for name in TESTS]
    files = sorted(path for folder in folders for path in ([folder] if folder.is_file() else folder.rglob("test_*.py")))
    digests = {path.relative_to(ROOT).as_posix(): sha256(path.read_bytes()).hexdigest() for path in files}
    stale = [name for name, digest in digests.items() if known.get(name, {}).get("digest") != digest]
    if stale:
        print(f"Which functions do the tests of {len(stale)} files reach?", flush=True)
        out = STATE / "reached.json"
        subprocess.run([sys.executable, str(HERE / "reach.py"), str(out), *stale], cwd=ROOT, stdout=subprocess.DEVNULL, check=False)
        for name in stale:
            tests = {test: entry for test, entry in read_state(out).items() if test.startswith(f"{name}::")}
            known[name] = {"digest": digests[name], "tests": tests}
        write_state(STATE / "reach.json", {name: known[name] for name in digests})
    by_function: dict[str, list[Test]] = {}
    for name in digests:
        for test, entry in known[name]["tests"].items():
            for function in entry["functions"]:
                by_function.setdefault(function, []).append(Test(test, entry["seconds"]))
    return Reached(by_function, digests)


def users(names: set[str]) -> list[str]:
    """Functions that use one of these names: what a constant of a module matters to."""
    using = []
    for path in sources():
        module, tree = module_of(str(path)), ast.parse(path.read_text(encoding="utf-8"))
        for scope, function in _functions(tree):
            if any(_name_of(node) in names for node in ast.walk(function)):
                using.append(f"{module}:{scope}{function.name}")
    return using


def _functions(tree: ast.AST, scope: str = "") -> Iterable[tuple[str, ast.FunctionDef]]:
    for node in getattr(tree, "body", []):
        if isinstance(node, ast.FunctionDef):
            yield scope, node
        elif isinstance(node, ast.ClassDef):
            yield from _functions(node, f"{scope}{node.name}.")


def _name_of(node: ast.AST) -> str:
    return node.id if isinstance(node, ast.Name) else node.attr if isinstance(node, ast.Attribute) else ""


def nearest(fault: Fault, reach: Reached, old: dict[str, Any]) -> list[Test]:
    """The tests to run: the one that caught it last time; then those of the file named after the module, then of its package.

    Of each test function the quickest case comes first, then the next one of each. For a fault that survived before, only tests of files
    that are new or have changed are left.
    """
    functions = [f"{fault.module}:{fault.function}"] if fault.inside else _indirect(fault)
    folder = f"tests/{fault.module.split('.')[1]}/"
    tried = old.get("files", {})
    reaching = {test for function in functions for test in reach.tests.get(function, [])}
    tests = {test for test in reaching if reach.files[_file_of(test)] != tried.get(_file_of(test))}
    near = {test for test in tests if test.name.startswith(tuple(f"{folder}test_{part}" for part in fault.module.split(".")[2:]))}
    own = {test for test in tests - near if test.name.startswith(folder)}
    first = [test for test in tests if test.name == old.get("by")]
    ranked = [*_quickest(near), *_quickest(own), *_quickest(tests - near - own)]
    return [*first, *(test for test in ranked if test not in first)]


def _quickest(tests: set[Test]) -> list[Test]:
    cases: Counter[str] = Counter()
    ranked = []
    for test in sorted(tests, key=lambda test: (test.seconds, test.name)):
        function = test.name.partition("[")[0]
        ranked.append((cases[function], test))
        cases[function] += 1
    chosen, seconds = [], 0.0
    for _, test in sorted(ranked, key=lambda item: item[0])[:MOST_TESTS]:
        seconds += test.seconds
        if chosen and seconds > MOST_SECONDS:
            break
        chosen.append(test)
    return chosen


def _indirect(fault: Fault) -> list[str]:
    """Through names that use the constant, at most three in a row (a table of a table of functions)."""
    names = set(fault.function.replace(".", " ").split())
    for _ in range(3):
        more = names | {name for path in sources() for name in _derived(ast.parse(path.read_text(encoding="utf-8")), names)}
        if more == names:
            break
        names = more
    return users(names)


def _derived(tree: ast.Module, names: set[str]) -> Iterable[str]:
    for node in tree.body:
        if isinstance(node, ast.Assign | ast.AnnAssign) and any(_name_of(part) in names for part in ast.walk(node)):
            for part in ast.walk(node):
                if isinstance(part, ast.Name) and isinstance(part.ctx, ast.Store):
                    yield part.id


def _file_of(test: Test) -> str:
    return test.name.partition("::")[0]


def read_state(path: Path) -> dict[str, Any]:
    """What an earlier run wrote; empty without one."""
    return json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}


def write_state(path: Path, value: dict[str, Any]) -> None:
    """Replace the file as a whole, so that a run that is interrupted leaves a complete one."""
    path.parent.mkdir(parents=True, exist_ok=True)
    new = path.with_suffix(".new")
    new.write_text(json.dumps(value, indent=0), encoding="utf-8")
    new.replace(path)
