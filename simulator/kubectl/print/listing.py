"""Tables of `kubectl get` with the columns and the order that its flags ask for."""

from __future__ import annotations

import re
from typing import Any

import msgspec

from simulator.golang.tabwriter import TableWriter
from simulator.kubectl.errors import KubectlError
from simulator.kubectl.print import output
from simulator.kubectl.print.tables import table_of
from simulator.kubectl.resolve import Selection
from simulator.kubectl.view import View, escaped
from simulator.objects.kinds import Kind, Object
from simulator.objects.selector_text import labels_text
from simulator.units import parse_quantity


class GetOptions(msgspec.Struct, frozen=True):
    """The flags of `kubectl get`. `namespace` None means all (`-A`)."""

    namespace: str | None = "default"
    output: str = ""
    labels: str = ""
    fields: str = ""
    sort_by: str = ""
    label_columns: tuple[str, ...] = ()
    show_labels: bool = False
    show_kind: bool = False
    headers: bool = True
    managed_fields: bool = False
    ignore_not_found: bool = False

    @property
    def selection(self) -> Selection:
        """Which objects are chosen."""
        return Selection(self.labels, self.fields)


class NoSuchField(KubectlError):
    """No object has the field to sort by."""


class Group(msgspec.Struct):
    """The objects that one word of the command line gave, in the order in which they are printed."""

    kind: Kind
    items: list[Object]
    named: bool = False


def sort_items(items: list[Object], sort_by: str) -> list[Object]:
    """Objects in the order of `--sort-by`, equal ones as Go's sort leaves them. Raises KubectlError when no object has the field."""
    from simulator.golang.sort import go_sorted
    from simulator.kubectl import jsonpath

    path = jsonpath.relaxed(sort_by)
    pairs = [(item, jsonpath.find(path, output.as_json(item))[0]) for item in items]
    if items and not any(values for _, values in pairs):
        raise NoSuchField(f'error: couldn\'t find any field with path "{path}" in the list of objects')

    def less(a: tuple[Object, list[Any]], b: tuple[Object, list[Any]]) -> bool:
        if not a[1] or not b[1]:
            return not a[1]
        return _less(a[1][0], b[1][0])

    return [item for item, _ in go_sorted(pairs, less)]


def _less(a: Any, b: Any) -> bool:
    """Whether `a` comes first: nothing before something, quantities by their value, else texts and numbers by theirs."""
    if a is None or b is None:
        return a is None and b is not None
    if isinstance(a, str) and isinstance(b, str):
        try:
            return parse_quantity(a) < parse_quantity(b)
        except ValueError:
            return a < b
    if isinstance(a, bool | dict | list):
        raise KubectlError(f"error: unsortable type: {type(a).__name__}")
    return bool(a < b) if type(a) is type(b) else False


def print_tables(groups: list[Group], options: GetOptions, view: View) -> str:
    """A table for each run of groups of one kind, with blank lines between tables that have rows."""
    several = options.show_kind or len({group.kind for group in groups}) > 1
    merged: list[Group] = []
    for group in groups:
        if merged and merged[-1].kind == group.kind and group.named:
            merged[-1].items.extend(group.items)
        else:
            merged.append(Group(group.kind, list(group.items)))
    texts = []
    for group in merged:
        rows = Rows(group.kind, options, view, with_kind=several)
        if group.items:
            heads = [rows.header()] if options.headers else []
            texts.append(TableWriter().table([*heads, *(rows.row(item) for item in group.items)]))
    return ("\n" if options.headers else "").join(texts)


class Rows:
    """Headers and rows of one kind's table with the columns that the flags ask for."""

    def __init__(self, kind: Kind, options: GetOptions, view: View, *, with_kind: bool = False) -> None:
        self._kind, self._options, self._view = kind, options, view
        self._table = table_of(kind, view)
        self._with_kind = with_kind
        wide = options.output == "wide"
        self._columns = self._table.columns(view)
        self._shown = [i for i, column in enumerate(self._columns) if wide or not column.wide]
        self._with_namespace = options.namespace is None and kind.namespaced

    def header(self) -> list[str]:
        """The titles of the columns."""
        labels = [label.rpartition("/")[2].upper() for label in self._options.label_columns]
        shown = [self._columns[i].title for i in self._shown]
        return [*["NAMESPACE"] * self._with_namespace, *shown, *labels, *["LABELS"] * self._options.show_labels]

    def row(self, item: Object, view: View | None = None) -> list[str]:
        """The cells of one object, seen at another instant if `view` is given."""
        cells = self._table.row(item, view or self._view)
        if self._with_kind and self._table.name is not None:
            kind = f"{self._kind.singular}.{self._kind.group}" if self._kind.group else self._kind.singular
            cells[self._table.name] = f"{kind}/{cells[self._table.name]}"
        meta = item.metadata
        return [
            *[meta.namespace] * self._with_namespace,
            *(_one_line(cells[i]) for i in self._shown),
            *(meta.labels.get(label, "") for label in self._options.label_columns),
            *[labels_text(meta.labels)] * self._options.show_labels,
        ]


def _one_line(cell: str) -> str:
    """A cell up to its first line break."""
    first = re.split(r"[\f\n\r]", cell, maxsplit=1)
    return escaped(first[0]) + "..." * (len(first) > 1)
