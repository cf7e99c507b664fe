"""The variables and parameters of one shell process (POSIX 2.5)."""

from __future__ import annotations

from collections.abc import Iterable
from copy import copy
from dataclasses import dataclass, field

from simulator.errors import SimulatorError
from simulator.process.bounds import room_for

Array = dict[int | str, str]
Value = str | Array


class ExpansionError(SimulatorError):
    """An expansion that ends the shell (POSIX 2.8.1), such as `${x:?}` of an unset x. Caught by the shell: the script sees an exit code.

    bash exits with 127 for the `fatal` ones (an unset parameter), with 1 for the others; sh with 2.
    """

    def __init__(self, text: str, *, fatal: bool = False) -> None:
        super().__init__(text)
        self.fatal = fatal


@dataclass(eq=False)
class Variables:
    """Names and values, positional parameters, and the special parameters.

    Attributes:
        name: `$0`.
        args: The positional parameters from `$1` on.
        values: By name: a text or an array (index or key to text).
        exported: Names in the environment of commands.
        options: Letters and long names that `set` and `shopt` have switched on.
        status: `$?`.
        background: `$!`, the pid of the last command with `&`.
        frames: For each function call the values that its locals hide.
        integers: Names declared with -i.
        references: Names declared with -n, and the names that they mean.
        dynamic: Names whose values are made when they are read (see `dynamic`).
        seconds_from: The instant (ns) from which SECONDS counts.
    """

    name: str = "sh"
    args: list[str] = field(default_factory=list)
    options: set[str] = field(default_factory=set)
    values: dict[str, Value] = field(default_factory=dict, init=False)
    exported: set[str] = field(default_factory=set, init=False)
    readonly: set[str] = field(default_factory=set, init=False)
    status: int = field(default=0, init=False)
    pid: int = field(default=0, init=False)
    background: int | None = field(default=None, init=False)
    frames: list[dict[str, Value | None]] = field(default_factory=list, init=False)
    integers: set[str] = field(default_factory=set, init=False)
    references: dict[str, str] = field(default_factory=dict, init=False)
    dynamic: set[str] = field(default_factory=set, init=False)
    seconds_from: int = field(default=0, init=False)
    _in_order: tuple[frozenset[str], list[str]] = (frozenset(), [])

    def copy(self) -> Variables:
        """For a subshell: nothing that it changes may be seen outside (POSIX 2.12)."""
        twin = copy(self)  # not deepcopy: every `$(...)` forks, and most of an environment is text
        twin.args, twin.options = list(self.args), set(self.options)
        twin.values = {name: dict(value) if isinstance(value, dict) else value for name, value in self.values.items()}
        twin.exported, twin.readonly = set(self.exported), set(self.readonly)
        twin.frames = [dict(frame) for frame in self.frames]
        twin.integers, twin.references, twin.dynamic = set(self.integers), dict(self.references), set(self.dynamic)
        return twin

    @property
    def unset_is_error(self) -> bool:
        """Has `set -u` been given?"""
        return "u" in self.options

    @property
    def separators(self) -> str:
        """The characters that split fields."""
        ifs = self.values.get("IFS", " \t\n")
        return ifs if isinstance(ifs, str) else ""

    def special(self, name: str) -> str | None:
        """The value of `$?`, `$#`, `$1` ...; None if unset or not special."""
        match name:
            case "?":
                return str(self.status)
            case "#":
                return str(len(self.args))
            case "$":
                return str(self.pid)
            case "!":
                return None if self.background is None else str(self.background)
            case "0":
                return self.name
            case "-":
                return "".join(sorted(o for o in self.options if len(o) == 1))
        if name.isdigit():
            return self.args[int(name) - 1] if int(name) <= len(self.args) else None
        return None

    def get(self, name: str) -> str | None:
        """A scalar value; of an array its first element; None if unset."""
        value = self.values.get(self.references.get(name, name))
        if isinstance(value, dict):
            return value.get(0)
        return self.special(name) if value is None else value

    def elements(self, name: str) -> list[str]:
        """The elements of an array, in order of their indices; a scalar is an array of one."""
        name = self.references.get(name, name)
        value = self.values.get(name)
        if value is None:
            return []
        if isinstance(value, str):
            return [value]
        return [value[k] for k in self.keys(name)]

    def keys(self, name: str) -> list[int | str]:
        """The indices of an array, in order."""
        value = self.values.get(name)
        if isinstance(value, dict):
            return sorted(value, key=lambda k: (0, k, "") if isinstance(k, int) else (1, 0, k))
        return [] if value is None else [0]

    def is_map(self, name: str) -> bool:
        """Was it declared with `declare -A`? A key that is no number says so."""
        value = self.values.get(name)
        return isinstance(value, dict) and any(isinstance(k, str) for k in value)

    def set(self, name: str, value: Value) -> None:
        """Assign. Raises ExpansionError for a readonly name, and OutOfMemoryError."""
        if isinstance(value, str):
            room_for(len(value))
        name = self.references.get(name, name)
        self.dynamic.discard(name)  # bash: RANDOM and its like lose their meaning when they are assigned
        if name in self.readonly:
            raise ExpansionError(f"{name}: readonly variable")
        self.values[name] = value
        if "a" in self.options:  # set -a: every assignment exports
            self.exported.add(name)

    def set_element(self, name: str, key: int | str, value: str) -> None:
        """Assign one element of an array, making the array when needed."""
        name = self.references.get(name, name)
        if name in self.readonly:
            raise ExpansionError(f"{name}: readonly variable")
        old = self.values.get(name, {})
        array: Array = dict(old) if isinstance(old, dict) else {0: old}  # bash: a scalar becomes element 0
        array[key] = value
        self.values[name] = array

    def unset(self, name: str, key: int | str | None = None) -> None:
        """Remove a variable, or one element. Raises ExpansionError for a readonly name."""
        if name in self.readonly:
            raise ExpansionError(f"{name}: cannot unset: readonly variable")
        value = self.values.get(name)
        if key is not None and isinstance(value, dict):
            value.pop(key, None)
            return
        self.values.pop(name, None)
        self.exported.discard(name)

    def make_local(self, name: str) -> None:
        """Restore `name` when the current function ends."""
        if self.frames and name not in self.frames[-1]:
            self.frames[-1][name] = self.values.get(name)

    def leave_function(self) -> None:
        """Undo the locals of the innermost function."""
        for name, value in self.frames.pop().items():
            self.references.pop(name, None)
            self.readonly.discard(name)  # a readonly name cannot be made local, so it became readonly here
            if value is None:
                self.values.pop(name, None)
            else:
                self.values[name] = value

    def environment(self, extra: Iterable[tuple[str, str]] = ()) -> dict[str, str]:
        """What a command gets: the exported variables, sorted, and `extra`. Arrays cannot be exported."""
        if self._in_order[0] != self.exported:
            self._in_order = frozenset(self.exported), sorted(self.exported)
        env = {name: value for name in self._in_order[1] if isinstance(value := self.values.get(name), str)}
        return env | dict(extra)
