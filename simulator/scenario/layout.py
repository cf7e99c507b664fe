"""YAML for people: short values in one line, long ones on several, with comments. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from simulator.scenario.write import flow

WIDTH = 120
Path = tuple[str | int, ...]
Comments = dict[Path, str]
"""Comments beside a line, or above a long one, by the path of the value."""


class Layout:
    """Lays out a document with comments."""

    def __init__(self, comments: Comments) -> None:
        self._comments = comments

    def lines(self, value: Any, path: Path = (), indent: int = 0) -> Iterator[str]:
        """The lines of a mapping or a list."""
        items = value.items() if isinstance(value, dict) else enumerate(value)
        for key, item in items:
            here = (*path, key)
            head = f"{' ' * indent}{'-' if isinstance(key, int) else f'{flow(str(key))}:'}"
            yield from self._commented(list(self._item(head, item, here, indent + 2)), here, indent)

    def _commented(self, lines: list[str], path: Path, indent: int) -> list[str]:
        """Lines with their comment: after the first line if it fits, else above."""
        comment = " ".join(self._comments.get(path, "").split())
        if not comment:
            return lines
        beside = f"{lines[0]}  # {comment}"
        if len(beside) <= WIDTH and (len(lines) == 1 or lines[0].endswith(":")):
            return [beside, *lines[1:]]
        return [f"{' ' * indent}# {comment}", *lines]

    def _item(self, head: str, item: Any, path: Path, indent: int) -> Iterator[str]:
        if _is_text(item):
            yield f"{head} |{'' if item.endswith(chr(10)) else '-'}"
            yield from (f"{' ' * indent}{line}".rstrip() for line in item.removesuffix("\n").split("\n"))
        elif self._fits(head, item, path):
            yield f"{head} {flow(item)}"
        elif head.endswith("-") and isinstance(item, dict):
            # The first key is on the line of the dash.
            inner = list(self.lines(item, path, indent))
            yield f"{head} {inner[0].lstrip()}"
            yield from inner[1:]
        else:
            yield head
            yield from self.lines(item, path, indent)

    def _fits(self, head: str, item: Any, path: Path) -> bool:
        """Whether a value goes into one line: it is short, and nothing in it has a comment or a text of several lines."""
        if not item or not isinstance(item, dict | list):
            return True
        commented = any(other[: len(path)] == path and len(other) > len(path) for other in self._comments)
        return not commented and not _has_text(item) and len(path) > 1 and len(head) + 1 + len(flow(item)) <= WIDTH


def _is_text(value: Any) -> bool:
    """Whether a string is laid out line by line."""
    return isinstance(value, str) and "\n" in value and not value.startswith((" ", "\n", "\t")) and not value.endswith("\n\n")


def _has_text(value: Any) -> bool:
    if isinstance(value, dict):
        return any(_has_text(item) for item in value.values())
    return any(_has_text(item) for item in value) if isinstance(value, list) else _is_text(value)
