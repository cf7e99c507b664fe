"""Builtins that read: `read` and `mapfile`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from simulator.process.effects import Read, Unsupported
from simulator.process.errno import Errno

if TYPE_CHECKING:
    from simulator.shell.interp.shell import Run, Shell


def read(shell: Shell, args: list[str]) -> Run:
    """`read [-r] [-p prompt] [-a array] [-d delimiter] [name ...]`; time limits (-t) never pass, for input comes at once or never."""
    raw, array, fd, end, names = False, "", 0, "\n", list(args)
    while names and names[0].startswith("-") and len(names[0]) > 1:
        letters = names.pop(0)[1:]
        for at, letter in enumerate(letters):
            if letter in "pdnNtua":
                value = letters[at + 1 :] or (names.pop(0) if names else "")
                array = value if letter == "a" else array
                fd = int(value) if letter == "u" and value.isdigit() else fd
                end = (value[:1] or "\0") if letter == "d" else end
                if letter in "nNt":
                    yield Unsupported("read", f"option -{letter}")
                break
            raw |= letter == "r"
    line, ended = "", False
    while True:
        text = yield Read(fd, f"to{end}")
        if isinstance(text, Errno) or not text:
            ended = True
            break
        line += text
        if raw or not line.endswith("\\\n"):
            break
        line = line[:-2]
    ended = ended or not line.endswith(end)
    _spread(shell, line.removesuffix(end), names or ["REPLY"], raw=raw, array=array, whole=not names)
    return int(ended)


def _spread(shell: Shell, line: str, names: list[str], *, raw: bool, array: str, whole: bool) -> None:
    """Split a line over variables: the last one gets the rest."""
    separators = shell.variables.separators
    white = "".join(c for c in separators if c in " \t\n")
    text = [(c, False) for c in line]
    if not raw:
        text, at = [], 0
        while at < len(line):
            escaped = line[at] == "\\" and at + 1 < len(line)
            at += escaped
            text.append((line[at], escaped))
            at += 1
    words: list[str] = []
    limit = None if array else len(names)

    def separates(item: tuple[str, bool]) -> bool:
        return not item[1] and item[0] in separators

    while text and not whole and separates(text[0]) and text[0][0] in white:
        text.pop(0)
    while text:
        if limit is not None and len(words) == limit - 1:
            rest = text
            while rest and not whole and separates(rest[-1]) and rest[-1][0] in white:
                rest = rest[:-1]
            words.append("".join(c for c, _ in rest))
            break
        end = next((i for i, item in enumerate(text) if separates(item)), len(text))
        words.append("".join(c for c, _ in text[:end]))
        black = 0
        while end < len(text) and separates(text[end]) and (text[end][0] in white or black == 0):
            black += text[end][0] not in white
            end += 1
        text = text[end:]
    if array:
        shell.variables.set(array, dict(enumerate(words)))
        return
    for number, name in enumerate(names):
        shell.variables.set(name, words[number] if number < len(words) else "")


def mapfile(shell: Shell, args: list[str]) -> Run:
    """`mapfile [-t] [array]`: every line of the input."""
    names = [a for a in args if not a.startswith("-")]
    found: dict[int | str, str] = {}
    while text := (yield Read(0, "line")):
        found[len(found)] = text.removesuffix("\n") if "-t" in args else text
    shell.variables.set(names[0] if names else "MAPFILE", found)
    return 0
