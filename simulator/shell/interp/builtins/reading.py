"""Builtins that read: `read` and `mapfile`."""

from __future__ import annotations

from typing import NamedTuple

from simulator.process.effects import Effects, Read, Unsupported
from simulator.process.errno import Errno
from simulator.shell.interp.shell import Run, Shell

_WITH_VALUE = frozenset("pdnNtua")


class _Options(NamedTuple):
    """What `read` is given: the letters of its options with their values, and the names of variables."""

    values: dict[str, str]
    names: list[str]


def read(shell: Shell, args: list[str]) -> Run:
    """`read [-r] [-p prompt] [-a array] [-d delimiter] [-u descriptor] [name ...]`: 1 at the end of the input.

    A time limit (-t) never passes: input in a container comes at once or never. Its prompt is for terminals, and there is none.
    """
    given = _parsed(args)
    for letter in given.values:
        if letter in "nNt":
            yield Unsupported("read", f"option -{letter}")
    number = given.values.get("u", "")
    delimiter = (given.values["d"][:1] or "\0") if "d" in given.values else "\n"
    raw = "r" in given.values
    line, ended = yield from _line(int(number) if number.isdigit() else 0, delimiter, raw=raw)
    characters = [(char, False) for char in line] if raw else _unescaped(line)
    if array := given.values.get("a", ""):
        shell.variables.set(array, dict(enumerate(_split(shell, characters, None))))
    elif not given.names:
        shell.variables.set("REPLY", "".join(char for char, _ in characters))  # bash: whole, its blanks included
    else:
        words = _split(shell, characters, len(given.names))
        for at, name in enumerate(given.names):
            shell.variables.set(name, words[at] if at < len(words) else "")
    return int(ended)


def _parsed(args: list[str]) -> _Options:
    values: dict[str, str] = {}
    names = list(args)
    while names and names[0].startswith("-") and len(names[0]) > 1:
        letters = names.pop(0)[1:]
        for at, letter in enumerate(letters):
            if letter in _WITH_VALUE:
                values[letter] = letters[at + 1 :] or (names.pop(0) if names else "")
                break
            values[letter] = ""
    return _Options(values, names)


def _line(fd: int, delimiter: str, *, raw: bool) -> Effects[tuple[str, bool]]:
    """The text up to the delimiter, and whether the input ended before it. Without -r a backslash continues the line (POSIX XCU, read)."""
    line = ""
    while True:
        text = yield Read(fd, f"to{delimiter}")
        if isinstance(text, Errno) or not text:
            return line.removesuffix(delimiter), True
        line += text
        if raw or not line.endswith("\\\n"):
            return line.removesuffix(delimiter), not line.endswith(delimiter)
        line = line[:-2]


def _unescaped(line: str) -> list[tuple[str, bool]]:
    """The characters of a line without its backslashes; the bool says that one stood before it, so that it separates nothing."""
    characters, at = [], 0
    while at < len(line):
        escaped = line[at] == "\\" and at + 1 < len(line)
        at += escaped
        characters.append((line[at], escaped))
        at += 1
    return characters


def _split(shell: Shell, characters: list[tuple[str, bool]], limit: int | None) -> list[str]:
    """Field splitting (POSIX 2.6.5) into at most `limit` words: the last one gets the rest, with the separators in it."""
    separators = shell.variables.separators
    blank = "".join(c for c in separators if c in " \t\n")

    def separates(item: tuple[str, bool]) -> bool:
        return not item[1] and item[0] in separators

    def is_blank(item: tuple[str, bool]) -> bool:
        return separates(item) and item[0] in blank

    text = characters
    while text and is_blank(text[0]):
        text = text[1:]
    words: list[str] = []
    while text:
        if limit is not None and len(words) == limit - 1:
            while text and is_blank(text[-1]):
                text = text[:-1]
            words.append("".join(c for c, _ in text))
            break
        end = next((at for at, item in enumerate(text) if separates(item)), len(text))
        words.append("".join(c for c, _ in text[:end]))
        # Blanks around one other separator belong to it; a second one of those begins an empty field.
        others = 0
        while end < len(text) and separates(text[end]) and (is_blank(text[end]) or others == 0):
            others += not is_blank(text[end])
            end += 1
        text = text[end:]
    return words


def mapfile(shell: Shell, args: list[str]) -> Run:
    """`mapfile [-t] [array]`: every line of the input; -t takes the newlines away."""
    names = [a for a in args if not a.startswith("-")]
    lines: dict[int | str, str] = {}
    while text := (yield Read(0, "line")):
        lines[len(lines)] = text.removesuffix("\n") if "-t" in args else text
    shell.variables.set(names[0] if names else "MAPFILE", lines)
    return 0
