"""Options by letters, for this kubectl alone: every other tool declares its options in a table (`simulator.userland.flags`)."""

from __future__ import annotations

from collections.abc import Generator, Mapping, Sequence
from typing import Any

from simulator.process.effects import Call, Effect, Unsupported
from simulator.process.problems import NotSimulatedError, UsageError


def own_up(call: Call, chosen: Options) -> Generator[Effect, Any, None]:
    """Name the options that were ignored."""
    for option in chosen.ignored:
        yield Unsupported(call.name, f"option {option} is taken to change nothing")


class Options(dict[str, str]):
    """Options given, by letter or long name; a flag's value is "". `rest` are the operands, `ignored` options that nobody here knows."""

    def __init__(self) -> None:
        super().__init__()
        self.rest: list[str] = []
        self.all: list[tuple[str, str]] = []
        self.ignored: list[str] = []


def long_options(text: str) -> dict[str, str]:
    """Long option names and the letters that they mean here: `quiet=q output=o`. A digit is a letter of no option."""
    return {name: letter for name, _, letter in (pair.partition("=") for pair in text.split())}


def alike(letter: str, names: str) -> dict[str, str]:
    """Long option names that all mean the same letter here."""
    return dict.fromkeys(names.split(), letter)


def options(
    args: Sequence[str],
    flags: str = "",
    values: str = "",
    long: Mapping[str, str] | None = None,
    *,
    stop: bool = False,
    numbers: str = "",
    lenient: bool = False,
) -> Options:
    """Sort arguments into options and operands as getopt(3) does. Raises NotSimulatedError for an option we do not know.

    `flags` and `values` are letters without and with a value; `long` maps a long name to a letter (a value is taken as the letter's kind).
    `stop`: the first operand ends the options. `numbers`: the letter that `-5` stands for. `lenient`: an option that we do not know is
    taken as one without a value and kept in `ignored`: a client that only shall reach its server does so with most of them.
    """
    sorting = _Sorting(list(args), flags, values, long or {}, lenient=lenient)
    found, queue = sorting.found, sorting.queue
    while queue:
        arg = queue.pop(0)
        if arg == "--":
            found.rest += queue
            break
        if arg.startswith("--") and len(arg) > 2:
            sorting.long(arg[2:])
        elif numbers and arg[:1] == "-" and arg[1:].isdigit():
            sorting.put(numbers, arg[1:])
        elif arg.startswith("-") and len(arg) > 1:
            sorting.cluster(arg[1:])
        else:
            found.rest.append(arg)
            if stop:
                found.rest += queue
                break
    return found


class _Sorting:
    """Options of one command line while they are sorted."""

    def __init__(self, queue: list[str], flags: str, values: str, names: Mapping[str, str], *, lenient: bool) -> None:
        self.found = Options()
        self.queue = queue
        self._flags, self._values, self._names, self._lenient = flags, values, names, lenient

    def put(self, key: str, value: str) -> None:
        """An option was given."""
        self.found[key] = value
        self.found.all.append((key, value))

    def long(self, text: str) -> None:
        """`--name`, `--name=value` or `--name value`."""
        name, equals, value = text.partition("=")
        key = self._names.get(name)
        if key is None:
            self._unknown(f"--{name}")
        else:
            self.put(key, value if equals else self._value_of(name) if key in self._values else "")

    def cluster(self, letters: str) -> None:
        """`-abc value` and `-abcvalue`."""
        while letters:
            letter, letters = letters[0], letters[1:]
            if letter in self._values:
                self.put(letter, letters or self._value_of(letter))
                return
            if letter in self._flags:
                self.put(letter, "")
            else:
                self._unknown(f"-{letter}")

    def _value_of(self, option: str) -> str:
        if not self.queue:
            raise UsageError(f"option requires an argument -- '{option}'", 2)
        return self.queue.pop(0)

    def _unknown(self, option: str) -> None:
        if not self._lenient:
            raise NotSimulatedError(f"option {option}")
        self.found.ignored.append(option)
