"""A table's columns, and how an object becomes a row."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, NamedTuple

from simulator.kubectl.view import View
from simulator.objects.container import Container


class Column(NamedTuple):
    """A column; `wide` ones are shown only with `-o wide`. Those of custom resources have a `name` and a `type` of their own."""

    title: str
    wide: bool = False
    name: str = ""
    type: str = ""


class Table(NamedTuple):
    """`row` gives one cell for each column, wide ones included. `name`: which column takes the `kind/` when several kinds are shown."""

    columns: Callable[[View], list[Column]]
    row: Callable[[Any, View], list[str]]
    name: int | None = 0


def columns(titles: str, wide: str = "") -> Callable[[View], list[Column]]:
    """Columns from a list of titles (underscore for a blank) that are the same in every release."""
    made = [Column(title.replace("_", " "), i >= len(titles.split())) for i, title in enumerate([*titles.split(), *wide.split()])]
    return lambda _view: made


def containers_cells(containers: list[Container]) -> list[str]:
    """CONTAINERS and IMAGES."""
    return [",".join(c.name for c in containers), ",".join(c.image for c in containers)]


def or_none(text: object) -> str:
    """The text, or `<none>`."""
    return str(text) if text not in ("", None) else "<none>"


def at_most_three(items: Iterable[str]) -> tuple[str, int]:
    """The first three, joined; and how many there are besides."""
    texts = list(items)
    return ",".join(texts[:3]), max(0, len(texts) - 3)
