"""The variables and parameters of one shell process."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from simulator.errors import SimulatorError

Array = dict[int | str, str]
Value = str | Array


class ExpansionError(SimulatorError):
    """An expansion that ends the shell, such as `${x:?}` of an unset x. Caught by the shell itself: the script sees an exit code.

    bash exits with 127 for the `fatal` ones (an unset parameter), with 1 for the others; sh with 2.
    """

    def __init__(self, text: str, *, fatal: bool = False) -> None:
        super().__init__(text)
        self.fatal = fatal


@dataclass(eq=False)
class Variables:
    """Names and values, positional parameters (`args`), and what the special parameters say.

    A value is a text or an array (index or key to text). `unset_is_error` is `set -u`. `integers` were declared with -i, `references`
    (to other names) with -n; `dynamic` names have their values made when they are asked for, SECONDS from `seconds_from` (ns) on.
    """

    name: str = "sh"
    args: list[str] = field(default_factory=list)
    values: dict[str, Value] = field(default_factory=dict)
    exported: set[str] = field(default_factory=set)
    readonly: set[str] = field(default_factory=set)
    status: int = 0
    pid: int = 0
    background: int | None = None
    options: set[str] = field(default_factory=set)
    frames: list[dict[str, Value | None]] = field(default_factory=list)
    integers: set[str] = field(default_factory=set)
    references: dict[str, str] = field(default_factory=dict)
    dynamic: set[str] = field(default_factory=set)
    seconds_from: int = 0

    def copy(self) -> Variables:
        """For a subshell."""
        values = {k: dict(v) if isinstance(v, dict) else v for k, v in self.values.items()}
        return Variables(
            self.name, list(self.args), values, set(self.exported), set(self.readonly), self.status, self.pid, self.background,
            set(self.options), [dict(f) for f in self.frames], set(self.integers), dict(self.references), set(self.dynamic),
            self.seconds_from,
        )  # fmt: skip

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
        """Was it declared with `declare -A`?"""
        value = self.values.get(name)
        return isinstance(value, dict) and any(isinstance(k, str) for k in value)

    def set(self, name: str, value: Value) -> None:
        """Assign. Raises ExpansionError for a readonly name."""
        name = self.references.get(name, name)
        self.dynamic.discard(name)
        if name in self.readonly:
            raise ExpansionError(f"{name}: readonly variable")
        self.values[name] = value
        if "a" in self.options:
            self.exported.add(name)

    def set_element(self, name: str, key: int | str, value: str) -> None:
        """Assign one element of an array, making the array when needed."""
        name = self.references.get(name, name)
        if name in self.readonly:
            raise ExpansionError(f"{name}: readonly variable")
        old = self.values.get(name)
        array: Array = dict(old) if isinstance(old, dict) else {} if old is None else {0: old}
        array[key] = value
        self.values[name] = array

    def unset(self, name: str, key: int | str | None = None) -> None:
        """Forget a variable, or one element."""
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
        """What a command gets."""
        env = {name: value for name in sorted(self.exported) if isinstance(value := self.values.get(name), str)}
        return env | dict(extra)
