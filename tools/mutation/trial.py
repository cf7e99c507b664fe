"""One fault, some tests: runs them in a process in which a module has the fault. Exit code 0: nothing noticed it.

`python trial.py MODULE FAULT TEST ...`; no file is changed, the module is compiled with the fault when it is imported.
"""

from __future__ import annotations

import ast
import sys
from collections.abc import Sequence
from importlib import import_module
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec, PathFinder, SourceFileLoader
from pathlib import Path
from types import CodeType, ModuleType

HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parents[1])]

from faults import faults  # noqa: E402 (found because of the line above)

NO_PYTHON = 99
"""Exit code for a fault that cannot be compiled: a mistake of this tool."""


class WithFault(SourceFileLoader):
    """Loads a module with one fault in it."""

    fault = ""

    def get_code(self, fullname: str) -> CodeType:
        """The code with the fault, never from or to a cache."""
        path = self.get_filename(fullname)
        tree = ast.parse(Path(path).read_text(encoding="utf-8"))
        [fault] = [item for item in faults(fullname, tree) if item.name == self.fault]
        fault.change()
        try:
            return compile(ast.fix_missing_locations(tree), path, "exec", dont_inherit=True)
        except (SyntaxError, ValueError) as error:
            print(f"{fullname}: {self.fault} is no Python: {error}")
            sys.exit(NO_PYTHON)


class Finder(MetaPathFinder):
    """Finds the one module that is to have the fault."""

    def __init__(self, module: str, fault: str) -> None:
        self._module = module
        self._fault = fault

    def find_spec(self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None) -> ModuleSpec | None:
        """Its own spec with another loader; nothing for all other modules."""
        if fullname != self._module:
            return None
        spec = PathFinder.find_spec(fullname, path, target)
        if spec is not None and isinstance(spec.loader, SourceFileLoader):
            spec.loader = WithFault(spec.loader.name, spec.loader.path)
            spec.loader.fault = self._fault
        return spec


def main(arguments: list[str]) -> int:
    """Run the tests; the first failure ends it."""
    module, fault, *tests = arguments
    finder = Finder(module, fault)
    sys.meta_path.insert(0, finder)
    import_module(module)  # before pytest, whose own importer would come first
    sys.meta_path.remove(finder)
    import pytest

    return int(pytest.main(["-x", "-q", "--no-header", "--tb=no", "-p", "no:cacheprovider", *tests]))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
