"""One tree of errors. A message says what is wrong, where, and what to do; what happens inside the simulated world never is one."""

from __future__ import annotations

from typing import NamedTuple


class SimulatorError(Exception):
    """Root of everything that podsim raises on purpose."""


class Problem(NamedTuple):
    """One thing wrong with an input: where it stands and what it is.

    `file` as the user named it (`-` for standard input), `line` and `column` count from 1 (0: unknown), `path` is the field
    (`spec.containers[0].image`, empty: the whole document).
    """

    file: str
    line: int
    column: int
    path: str
    message: str

    def __str__(self) -> str:
        place = ":".join([self.file, *(str(n) for n in (self.line, self.column) if n)])
        return f"{place}: {self.path + ': ' if self.path else ''}{self.message}"


class InputError(SimulatorError):
    """Input that podsim refuses; carries every problem found in it, not only the first."""

    def __init__(self, problems: list[Problem] | str) -> None:
        self.problems = [Problem("", 0, 0, "", problems)] if isinstance(problems, str) else problems
        super().__init__(problems)

    def __str__(self) -> str:
        return "\n".join(str(p) if p.file else p.message for p in self.problems)


class ManifestError(InputError):
    """A manifest that cannot be read, or that the API server would refuse."""


class ScenarioError(InputError):
    """A Scenario with an unknown key, a wrong type or an impossible value."""


class JournalError(InputError):
    """A journal file that cannot be read back."""


class UsageError(InputError):
    """A request that makes no sense: an unknown object, an ambiguous name, a bad instant."""


class NotModelledError(SimulatorError):
    """Valid Kubernetes that podsim does not simulate and that cannot be passed over."""


class InvariantError(SimulatorError):
    """Our own bug. Says seed and instant, so that the run can be replayed."""
