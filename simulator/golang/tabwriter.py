"""Text whose tabs become columns (Go's text/tabwriter, as kubectl sets it up).

A tab ends a cell. A column is a run of consecutive lines that have a tab-ended cell at that place; it is as wide as its widest cell
plus padding. What stands behind a line's last tab belongs to no column and moves nothing.
"""

from __future__ import annotations

from collections.abc import Iterable

DESCRIBE = (0, 2)
"""Least width and padding of `kubectl describe` and of `rollout history`."""
GET = (6, 3)
"""Least width and padding of `kubectl get` (cli-runtime/pkg/printers/tabwriter.go)."""


def align(text: str, layout: tuple[int, int] = DESCRIBE) -> str:
    """`text` with its columns laid out."""
    if not text:
        return ""
    lines = _aligned([line.split("\t") for line in text.removesuffix("\n").split("\n")], layout, None)
    return "\n".join(lines) + "\n" * text.endswith("\n")


class TableWriter:
    """kubectl's writer of tables: columns keep their widths from one flush to the next, so that rows of a watch stay aligned."""

    def __init__(self) -> None:
        self._widths: list[int] = []

    def table(self, rows: Iterable[list[str]]) -> str:
        """Lay out some rows; each column at least as wide as it ever was. A tab or a line break in a cell breaks it, as in Go."""
        lines = [line.split("\t") for row in rows for line in "\t".join(row).split("\n")]
        return "".join(line + "\n" for line in _aligned(lines, GET, self._widths))


def _aligned(rows: list[list[str]], layout: tuple[int, int], remembered: list[int] | None) -> list[str]:
    least, padding = layout
    widths: list[list[int]] = [[] for _ in rows]
    for column in range(max((len(row) for row in rows), default=0) - 1):
        for block in _blocks(rows, column):
            width = max(least, *(len(rows[i][column]) + padding for i in block))
            if remembered is not None:
                remembered.extend([0] * (column + 1 - len(remembered)))
                width = remembered[column] = max(width, remembered[column])
            for i in block:
                widths[i].append(width)
    return [
        "".join(cell.ljust(width) for cell, width in zip(row, widths[i], strict=False)) + "".join(row[len(widths[i]) :])
        for i, row in enumerate(rows)
    ]


def _blocks(rows: list[list[str]], column: int) -> Iterable[range]:
    """The runs of consecutive rows that have a tab-ended cell in that column."""
    start = None
    for i, row in enumerate([*rows, []]):
        inside = len(row) - 1 > column
        if inside and start is None:
            start = i
        elif not inside and start is not None:
            yield range(start, i)
            start = None
