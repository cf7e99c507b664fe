"""What every command needs: output, complaints, input files, option parsing."""

from __future__ import annotations

import posixpath
from collections.abc import Generator, Mapping, Sequence
from typing import Any

from simulator.errors import SimulatorError
from simulator.shell.effects import Call, Close, Effect, Open, Read, Write
from simulator.shell.errno import Errno

Gen = Generator[Effect, Any, int]
Texts = Generator[Effect, Any, list[str]]


class UsageProblem(SimulatorError):
    """The command does not take these arguments: prints `text` and exits with `status`. Caught where commands are launched."""

    def __init__(self, text: str, status: int = 1) -> None:
        super().__init__(text)
        self.text, self.status = text, status


class NotSimulatedError(SimulatorError):
    """The real command takes this, ours does not: noted for the user, printed, and a failure."""


def out(text: str) -> Generator[Effect, Any, None]:
    """Print to standard output."""
    if text:
        yield Write(1, text)


def complain(call: Call, text: str, status: int = 1) -> Gen:
    """Print `name: text` to standard error and fail."""
    yield Write(2, f"{call.name}: {text}\n")
    return status


def full(call: Call, path: str) -> str:
    """The absolute form of a path as this command sees it."""
    return posixpath.normpath(posixpath.join(call.cwd, path))


def slurp(fd: int = 0) -> Generator[Effect, Any, str]:
    """Everything that can still be read from a descriptor."""
    chunks = []
    while chunk := (yield Read(fd)):
        if isinstance(chunk, Errno):
            break
        chunks.append(chunk)
    return "".join(chunks)


def read_file(call: Call, path: str) -> Generator[Effect, Any, str | Errno]:
    """The text of a file; `-` is standard input."""
    if path == "-":
        return (yield from slurp())
    fd = yield Open(full(call, path), "r")
    if isinstance(fd, Errno):
        return fd
    text = yield from slurp(fd)
    yield Close(fd)
    return text


def inputs(call: Call, paths: Sequence[str]) -> Generator[Effect, Any, tuple[list[tuple[str, str]], int]]:
    """(name, text) of each input, standard input if there is none; and 1 if one could not be read, which was said."""
    found, status = [], 0
    for path in paths or ("-",):
        text = yield from read_file(call, path)
        if isinstance(text, Errno):
            yield Write(2, f"{call.name}: {path}: {text}\n")
            status = 1
        else:
            found.append((path, text))
    return found, status


def lines(text: str) -> list[str]:
    """Lines without their newlines."""
    parts = text.split("\n")
    return parts[:-1] if parts and not parts[-1] else parts


class Options(dict[str, str]):
    """Options given, by letter or long name; a flag's value is "". `rest` are the operands."""

    def __init__(self) -> None:
        super().__init__()
        self.rest: list[str] = []
        self.all: list[tuple[str, str]] = []


def integer(text: str) -> int:
    """The number that an argument is. Raises UsageProblem when it is none."""
    try:
        return int(text)
    except ValueError:
        raise UsageProblem(f"invalid number '{text}'") from None


def long_options(text: str) -> dict[str, str]:
    """Long option names and the letters that they mean here: `quiet=q output=o`. A digit is a letter of no option."""
    return {name: letter for name, _, letter in (pair.partition("=") for pair in text.split())}


def options(
    args: Sequence[str], flags: str = "", values: str = "", long: Mapping[str, str] | None = None, *, stop: bool = False, numbers: str = ""
) -> Options:
    """Sort arguments into options and operands as getopt(3) does. Raises NotSimulatedError for an option we do not know.

    `flags` and `values` are letters without and with a value; `long` maps a long name to a letter (a value is taken as the letter's kind).
    `stop`: the first operand ends the options. `numbers`: the letter that `-5` stands for.
    """
    found, names = Options(), long or {}
    queue = list(args)

    def put(key: str, value: str) -> None:
        found[key] = value
        found.all.append((key, value))

    def value_of(option: str) -> str:
        if not queue:
            raise UsageProblem(f"option requires an argument -- '{option}'", 2)
        return queue.pop(0)

    while queue:
        arg = queue.pop(0)
        if arg == "--":
            found.rest += queue
            break
        if arg.startswith("--") and len(arg) > 2:
            name, equals, value = arg[2:].partition("=")
            if name not in names:
                raise NotSimulatedError(f"option --{name}")
            key = names[name]
            put(key, value if equals else value_of(name) if key in values else "")
        elif numbers and arg[:1] == "-" and arg[1:].isdigit():
            put(numbers, arg[1:])
        elif arg.startswith("-") and len(arg) > 1:
            letters = arg[1:]
            while letters:
                letter, letters = letters[0], letters[1:]
                if letter in values:
                    put(letter, letters or value_of(letter))
                    letters = ""
                elif letter in flags:
                    put(letter, "")
                else:
                    raise NotSimulatedError(f"option -{letter}")
        else:
            found.rest.append(arg)
            if stop:
                found.rest += queue
                break
    return found
