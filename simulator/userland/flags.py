"""Command line options as a table: each tool declares its own under long names and reads them as typed attributes.

    class TailFlags(Flags, digits="lines"):
        lines = value("-n", "--lines", default="10")
        follow = switch("-f", "--follow")

    given = TailFlags.parse(call.argv[1:])
    given.lines, given.follow, given.operands

The rules are those of getopt_long(3): `-abc` is three switches, `-n5` and `-n 5` give a value, so do `--lines=5` and `--lines 5`, and `--`
ends the options. A name with one dash and several letters (`-wait`, `-addr`: Go, Java, X11) is matched whole, before clusters are tried.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from enum import Enum
from typing import ClassVar, Generic, Self, TypeVar, overload

from simulator.process.effects import Call, Effects, Unsupported
from simulator.process.problems import NotSimulatedError, UsageError
from simulator.userland.durations import duration

T = TypeVar("T", covariant=True)


class Takes(Enum):
    """Whether an option has a value; an OPTIONAL one must be glued to it (`-i.bak`, `--in-place=.bak`), or it could be an operand."""

    NOTHING = 0
    VALUE = 1
    OPTIONAL = 2


class Unknown(Enum):
    """What happens to an option that the table does not have.

    REFUSE names it as not simulated: it may change everything. REPORT assumes that it takes no value and changes nothing, and says so (see
    `report_ignored`): a client that only has to reach its server does so with most options. SKIP ignores the whole word.
    """

    REFUSE = 0
    REPORT = 1
    SKIP = 2


class Flag(Generic[T]):
    """One row of the table. Made by `switch`, `count`, `value`, `values`, `optional`, `number` and `seconds`."""

    def __init__(self, names: Sequence[str], takes: Takes, read: Callable[[Sequence[str]], T]) -> None:
        """`read` makes the attribute's value of the texts that were given, in order; a switch gives "" each time."""
        self.names, self.takes, self._read = tuple(names), takes, read

    @overload
    def __get__(self, given: None, owner: type[Flags]) -> Self: ...
    @overload
    def __get__(self, given: Flags, owner: type[Flags]) -> T: ...
    def __get__(self, given: Flags | None, owner: type[Flags]) -> T | Self:
        return self if given is None else self._read(given.texts(self))


def switch(*names: str) -> Flag[bool]:
    """An option without a value. One that changes nothing here is declared too, or its use would be reported."""
    return Flag(names, Takes.NOTHING, bool)


def count(*names: str) -> Flag[int]:
    """A switch that is counted: `-vv`."""
    return Flag(names, Takes.NOTHING, len)


@overload
def value(*names: str) -> Flag[str | None]: ...
@overload
def value(*names: str, default: str) -> Flag[str]: ...
def value(*names: str, default: str | None = None) -> Flag[str | None]:
    """An option with a value; the last one counts."""
    return Flag(names, Takes.VALUE, lambda texts: texts[-1] if texts else default)


def values(*names: str) -> Flag[tuple[str, ...]]:
    """An option with a value that may be repeated: all of them, in order."""
    return Flag(names, Takes.VALUE, tuple)


def optional(*names: str) -> Flag[str | None]:
    """An option whose value may be left out: None when it is absent, "" without a value."""
    return Flag(names, Takes.OPTIONAL, lambda texts: texts[-1] if texts else None)


def number(*names: str, default: int = 0) -> Flag[int]:
    """An option with an integer. Reading it raises UsageError when it is none."""
    return Flag(names, Takes.VALUE, lambda texts: integer(texts[-1]) if texts else default)


def seconds(*names: str) -> Flag[int | None]:
    """An option with a time (`5`, `0.5`, `2m`): nanoseconds; None when it is absent, empty or no time."""
    return Flag(names, Takes.VALUE, lambda texts: duration(texts[-1]) if texts and texts[-1] else None)


def words(text: str) -> list[str]:
    """The words of a text: a long list of names is easier to read without quotes."""
    return text.split()


def either(*names: str) -> tuple[str, ...]:
    """The spellings of options that take one dash or two: `-addr`, `--addr`."""
    return tuple(dashes + name for name in names for dashes in ("-", "--"))


def integer(text: str) -> int:
    """The number that an argument is. Raises UsageError when it is none."""
    try:
        return int(text)
    except ValueError:
        raise UsageError(f"invalid number '{text}'") from None


class Flags:
    """Base of the tables. A subclass's parameters say how its command line is read.

    Args of a subclass:
        unknown: What happens to options that are not in the table.
        stop: The first operand ends the options (POSIX 12.2, guideline 9), as for tools that run another command. Without it options
            may follow operands, as GNU's getopt allows.
        digits: The attribute that `-5` sets, as the old forms of head and tail have it.
        missing: The tool's message for a value that is missing, getopt's by default: `{option}` is the option as it was written, `{name}`
            without its dashes.
        missing_status: The exit code that goes with it; most tools have 1.

    Attributes:
        operands: What is no option, in order, before `--` and behind it.
        before_dashes: The operands before `--`.
        after_dashes: Those behind it.
        ignored: Options that the table does not have (`Unknown.REPORT`).
    """

    _rows: ClassVar[dict[str, Flag[object]]] = {}
    _unknown: ClassVar[Unknown] = Unknown.REFUSE
    _stop: ClassVar[bool] = False
    _digits: ClassVar[str] = ""
    _missing: ClassVar[str] = "option requires an argument -- '{name}'"
    _missing_status: ClassVar[int] = 1

    def __init_subclass__(
        cls, *, unknown: Unknown | None = None, stop: bool | None = None, digits: str = "", missing: str = "", missing_status: int = 0
    ) -> None:
        super().__init_subclass__()
        cls._rows = dict(cls._rows)
        for row in vars(cls).values():
            if isinstance(row, Flag):
                cls._rows.update(dict.fromkeys(row.names, row))
        cls._unknown = cls._unknown if unknown is None else unknown
        cls._stop = cls._stop if stop is None else stop
        cls._digits = digits or cls._digits
        cls._missing = missing or cls._missing
        cls._missing_status = missing_status or cls._missing_status

    def __init__(self) -> None:
        self.operands: list[str] = []
        self.after_dashes: list[str] = []
        self.ignored: list[str] = []
        self._texts: dict[Flag[object], list[str]] = {}

    @property
    def before_dashes(self) -> list[str]:
        """The operands before `--`: what tools take for themselves that run the command behind it."""
        return self.operands[: len(self.operands) - len(self.after_dashes)]

    def texts(self, row: Flag[object]) -> Sequence[str]:
        """The values that one option was given, in order."""
        return self._texts.get(row, ())

    @classmethod
    def parse(cls, args: Sequence[str]) -> Self:
        """Sort arguments into options and operands. Raises UsageError for a missing value, NotSimulatedError for an unknown option."""
        given = cls()
        queue = list(args)
        while queue:
            arg = queue.pop(0)
            if arg == "--":
                given.after_dashes = queue
                given.operands += queue
                break
            if not arg.startswith("-") or arg == "-":
                given.operands.append(arg)
                if cls._stop:
                    given.operands += queue
                    break
            else:
                given._option(arg, queue)
        return given

    def _option(self, arg: str, queue: list[str]) -> None:
        name, equals, text = arg.partition("=")
        row = self._rows.get(name)
        # A letter that may have two dashes is a word in Go's style (`-t=5`); getopt reads `-t=5` as the value "=5".
        if row is not None and (len(name) > 2 or f"-{name}" in self._rows):
            self._put(row, text if equals else self._value(row, name, queue))
        elif self._digits and arg[1:].isdigit():
            self._put(getattr(type(self), self._digits), arg[1:])
        elif arg.startswith("--"):
            self._put_unknown(name)
        elif self._unknown is Unknown.SKIP and arg[:2] not in self._rows:
            return  # the rest of the word may be the unknown option's value
        else:
            self._cluster(arg[1:], queue)

    def _cluster(self, letters: str, queue: list[str]) -> None:
        """`-abc`; the first letter that takes a value takes the rest of the word."""
        while letters:
            name, letters = f"-{letters[0]}", letters[1:]
            row = self._rows.get(name)
            if row is None:
                self._put_unknown(name)
            elif row.takes is Takes.NOTHING:
                self._put(row, "")
            else:
                self._put(row, letters or self._value(row, name, queue))
                return

    def _value(self, row: Flag[object], option: str, queue: list[str]) -> str:
        """What follows an option that carries no value in its own word."""
        if row.takes is not Takes.VALUE:
            return ""
        if not queue:
            raise UsageError(self._missing.format(option=option, name=option.lstrip("-")), self._missing_status)
        return queue.pop(0)

    def _put(self, row: Flag[object], text: str) -> None:
        self._texts.setdefault(row, []).append(text)

    def _put_unknown(self, option: str) -> None:
        if self._unknown is Unknown.REFUSE:
            raise NotSimulatedError(f"option {option}")
        if self._unknown is Unknown.REPORT:
            self.ignored.append(option)


def report_ignored(call: Call, given: Flags) -> Effects[None]:
    """Name the options that were ignored, for the user of podsim."""
    for option in given.ignored:
        yield Unsupported(call.name, f"option {option} is assumed to have no effect")


def values_of(args: Sequence[str], names: str) -> Iterator[str]:
    """The values of some options in a command line whose other options are unknown: `--host x`, `--host=x`, `-hx`.

    Args:
        args: The arguments.
        names: The options with their dashes, between blanks.
    """
    sought = names.split()
    for at, arg in enumerate(args):
        name, equals, text = arg.partition("=")
        if name in sought and equals:
            yield text
        elif arg in sought and at + 1 < len(args):
            yield args[at + 1]
        elif len(arg) > 2 and arg[:2] in sought and not arg.startswith("--"):
            yield arg[2:]
