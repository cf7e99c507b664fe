"""The names of files that the scripts of manifests create: until such a script has run, they are missing. Pure."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

_REDIRECTION = re.compile(r"(?<![<>&\d-])\d?>{1,2}\|?\s*([^\s;&|<>()]+)")
_COMMAND = re.compile(r"(?:^|[\s;&|({])(touch|mkdir|tee|truncate|cp|mv|ln|install|mkfifo)((?:\s+[^\s;&|<>(){}]+)+)")
_OPTION = re.compile(r"\s(?:-[A-Za-z]*[oO]|--output|--output-document|--out|-out|--file)[ =]([^\s;&|<>()]+)|\bof=([^\s;&|<>()]+)")
_ALL_OPERANDS = frozenset({"touch", "mkdir", "tee", "truncate", "mkfifo"})
_MODE = re.compile(r"[0-7]{3,4}|[ugoa]*[+=-][rwxX]+")


class Created(NamedTuple):
    """What scripts create: `paths` as they are written, and the `names` of new files, which other containers may see at other paths.

    The names of copies are not among them: their sources have the same ones.
    """

    paths: frozenset[str] = frozenset()
    names: frozenset[str] = frozenset()

    def has(self, path: str) -> bool:
        """Whether a script creates a path."""
        path = path.rstrip("/")
        return path in self.paths or posixpath.basename(path) in self.names


def created_paths(values: Iterable[Any]) -> Created:
    """What the texts anywhere in some objects create. A copy into a directory creates a file with the name of its source there."""
    made = [item for value in values for text in _texts(value) for item in _in_text(text)]
    names = (posixpath.basename(path) for path, is_new in made if is_new)
    return Created(frozenset(path for path, _ in made), frozenset(names) - {""})


def _texts(value: Any) -> Iterator[str]:
    """The texts in a value that could be scripts; the words of a command line are one text."""
    if isinstance(value, str):
        if any(mark in value for mark in " \n\t"):
            yield value
    elif isinstance(value, dict):
        for item in value.values():
            yield from _texts(item)
    elif isinstance(value, list):
        if value and all(isinstance(item, str) for item in value):
            yield " ".join(value)
        else:
            for item in value:
                yield from _texts(item)


def _in_text(text: str) -> Iterator[tuple[str, bool]]:
    """The paths that a text creates, each with whether it is a new file or directory, not a copy."""
    for match in _REDIRECTION.finditer(text):
        yield _plain(match[1]), True
    for match in _OPTION.finditer(text):
        yield _plain(match[1] or match[2]), False
    for match in _COMMAND.finditer(text):
        words = [_plain(word) for word in match[2].split() if not word.startswith("-") and not _MODE.fullmatch(word)]
        if match[1] in _ALL_OPERANDS:
            yield from ((word, True) for word in words)
        elif words:
            yield words[-1], False
            yield from ((posixpath.join(words[-1], posixpath.basename(word)), False) for word in words[:-1])


def _plain(word: str) -> str:
    return word.strip("\"'").rstrip("/")
