"""Tries many faults quickly: imports everything and collects the tests once, then forks for each fault.

`python warm.py TEST_FILE ...` reads one line of JSON for each fault (`module`, `fault`, `tests`, `seconds`) and answers each with one line.
In the fork the functions that contain the fault get the code of the changed module. That does not work for what a module does when it is
imported (its constants, defaults of parameters, fields of classes) nor for functions that it calls then: the answer is `cold`, and
`trial.py` has to try such a fault in a new process.
"""

from __future__ import annotations

import ast
import functools
import gc
import importlib
import json
import os
import pkgutil
import resource
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from types import CodeType, FrameType, FunctionType
from typing import IO, Any

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parents[1])]

import pytest  # noqa: E402 (found because of the lines above)
from faults import faults  # noqa: E402
from reach import INSIDE, PACKAGES  # noqa: E402

CACHED = type(functools.lru_cache(len))
"""The type of functions that keep their results."""
NAMES = tuple(f"simulator.{package}" for package in PACKAGES)
COLD = "cold"
CAUGHT = "caught"
SURVIVED = "survived"
BROKEN = "broken"

Place = tuple[str, str, int]
"""File, qualified name and first line of a function's code."""


def place(code: CodeType) -> Place:
    """Where a function is defined."""
    return code.co_filename, code.co_qualname, code.co_firstlineno


def import_all() -> set[Place]:
    """Import every module that faults are put into; returns the functions that ran meanwhile."""
    called: set[Place] = set()

    def note(frame: FrameType, event: str, _argument: object) -> None:
        if event == "call" and frame.f_code.co_filename.startswith(INSIDE):
            called.add(place(frame.f_code))

    sys.setprofile(note)
    for package in PACKAGES:
        parent = importlib.import_module(f"simulator.{package}")
        for module in pkgutil.walk_packages(parent.__path__, f"simulator.{package}."):
            importlib.import_module(module.name)
    sys.setprofile(None)
    return called


# ---- the fault


class Functions:
    """All functions of the modules that faults are put into, by the place of their code, and the caches of functions."""

    def __init__(self, called: set[Place]) -> None:
        """`called` are the functions that must not be changed here, because their results are in use already."""
        self._called = called
        self._live: dict[Place, list[FunctionType]] = {}
        self._caches: list[Any] = []
        paths = {str(module.__file__) for name, module in sys.modules.items() if name.startswith(NAMES)}
        self._texts = {path: Path(path).read_text(encoding="utf-8") for path in paths}  # files may change while this process lives
        for item in gc.get_objects():
            if isinstance(item, FunctionType) and item.__code__.co_filename.startswith(INSIDE):
                self._live.setdefault(place(item.__code__), []).append(item)
            elif isinstance(item, CACHED) and str(item.__module__).startswith("simulator."):
                self._caches.append(item)

    def change(self, module: str, name: str) -> str:
        """Give functions the code with the fault; COLD when this process cannot have it, BROKEN when it does not compile."""
        path = str(sys.modules[module].__file__)
        text = self._texts[path]
        tree = ast.parse(text)
        [fault] = [item for item in faults(module, tree) if item.name == name]
        fault.change()
        try:
            new = compile(ast.fix_missing_locations(tree), path, "exec", dont_inherit=True)
        except (SyntaxError, ValueError):
            return BROKEN
        try:
            changed = [pair for pair in _differences(compile(text, path, "exec", dont_inherit=True), new) if pair[0] != pair[1]]
        except (_DifferentImport, ValueError):  # ValueError: there are more or fewer functions than before
            return COLD
        if not changed or any(place(old) in self._called or place(old) not in self._live for old, _ in changed):
            return COLD
        for old, code in changed:
            same = [function for function in self._live[place(old)] if function.__code__ == old]
            if not same or any(len(function.__code__.co_freevars) != len(code.co_freevars) for function in same):
                return COLD
            for function in same:
                function.__code__ = code
        for cache in self._caches:
            cache.cache_clear()
        return ""


class _DifferentImport(Exception):
    """What the module or a class of it does when it is imported has changed."""


def _differences(old: CodeType, new: CodeType) -> Iterator[tuple[CodeType, CodeType]]:
    """The functions of a module or class, before and after."""
    if _outline(old) != _outline(new):
        raise _DifferentImport
    for before, after in zip(_nested(old), _nested(new), strict=True):
        if before.co_flags & CO_OPTIMIZED:
            yield before, after
        else:  # a class
            yield from _differences(before, after)


CO_OPTIMIZED = 1
"""Flag of functions; modules and classes do not have it."""


def _outline(code: CodeType) -> tuple[Any, ...]:
    constants = [None if isinstance(item, CodeType) else (type(item), item) for item in code.co_consts]
    return code.co_code, constants, code.co_names, code.co_freevars, code.co_cellvars


def _nested(code: CodeType) -> list[CodeType]:
    return [item for item in code.co_consts if isinstance(item, CodeType)]


# ---- the tests


class Server:
    """A pytest plugin: instead of running what was collected it runs, for each fault, what it is given."""

    def __init__(self, called: set[Place], questions: IO[str], answers: IO[str]) -> None:
        self._called = called
        self._questions = questions
        self._answers = answers

    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        """Answer each line."""
        items = {item.nodeid: item for item in session.items}
        functions = Functions(self._called)
        gc.collect()
        gc.freeze()  # or every fork would copy all objects at its first collection
        for line in self._questions:
            given = json.loads(line)
            tests = [items[name] for name in given["tests"] if name in items]
            answer = _in_fork(functions, given, tests)
            print(json.dumps(answer), file=self._answers, flush=True)
        return True


def _in_fork(functions: Functions, given: dict[str, Any], tests: list[pytest.Item]) -> list[str]:
    """What became of a fault, and the test that caught it."""
    read, write = os.pipe()
    child = os.fork()
    if child == 0:
        os.close(read)
        limit = int(given["seconds"])
        resource.setrlimit(resource.RLIMIT_CPU, (limit, limit))
        try:
            answer = _attempt(lambda: functions.change(given["module"], given["fault"]), tests)
        except BaseException as error:  # the fork must not return into the loop of its parent
            answer = [BROKEN, repr(error)]
        os.write(write, json.dumps(answer).encode())
        os._exit(0)
    os.close(write)
    with os.fdopen(read) as pipe:
        text = pipe.read()
    os.waitpid(child, 0)
    return json.loads(text) if text else [CAUGHT, "time limit"]


def _attempt(change: Callable[[], str], tests: list[pytest.Item]) -> list[str]:
    refusal = change() if tests else BROKEN
    if refusal:
        return [refusal, ""]
    failures = _Failures()
    tests[0].config.pluginmanager.register(failures)
    for item, following in zip(tests, [*tests[1:], None], strict=True):
        try:
            item.ihook.pytest_runtest_protocol(item=item, nextitem=following)
        except BaseException:  # a test that ends its process has noticed something, too
            return [CAUGHT, item.nodeid]
        if failures.failed:
            return [CAUGHT, item.nodeid]
    return [SURVIVED, ""]


class _Failures:
    failed = False

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Any phase of a test can fail."""
        self.failed = self.failed or report.failed


def main(arguments: Sequence[str]) -> int:
    """Collect the tests of some files, then answer until there are no more lines."""
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8")
    questions = os.fdopen(os.dup(0), encoding="utf-8")
    nothing = os.open(os.devnull, os.O_RDWR)
    for number in (0, 1):
        os.dup2(nothing, number)
    called = import_all()
    server = Server(called, questions, answers)
    return int(pytest.main(["-q", "--no-header", "--tb=no", "-p", "no:cacheprovider", *arguments], plugins=[server]))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
