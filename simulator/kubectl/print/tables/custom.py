"""`get` of custom resources: the columns of their CustomResourceDefinition (apiextensions-apiserver, tableconvertor)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from simulator.golang.text import go_value
from simulator.kubectl.print.tables.others import OTHER
from simulator.kubectl.print.tables.table import Column, Table
from simulator.kubectl.view import View
from simulator.objects.base import JSON
from simulator.objects.kinds import Kind, Object, Unstructured, to_builtins

DEFINITION = "CustomResourceDefinition"
NAME = Column("NAME", name="Name", type="string")


class _Printed(NamedTuple):
    """A column and the JSONPath of its cells."""

    column: Column
    path: str


def custom_table(kind: Kind, view: View) -> Table:
    """The table of a custom resource; without columns of its own, or without a definition, NAME and AGE."""
    printed = [_printed(column) for column in _defined(kind, view)]
    if not printed:
        return OTHER
    return Table(lambda _view: [NAME, *(one.column for one in printed)], lambda item, at: _row(item, printed, at))


def _defined(kind: Kind, view: View) -> list[Mapping[str, Any]]:
    version = kind.api_version.rpartition("/")[2]
    for item in view.snapshot.objects(DEFINITION):
        spec: JSON = item.content.get("spec") or {} if isinstance(item, Unstructured) else {}
        if spec.get("group") == kind.group and (spec.get("names") or {}).get("kind") == kind.name:
            rows = [row for row in spec.get("versions") or () if row.get("name") == version]
            return list(rows[0].get("additionalPrinterColumns") or ()) if rows else []
    return []


def _printed(column: Mapping[str, Any]) -> _Printed:
    name = str(column.get("name", ""))
    wide = int(column.get("priority") or 0) > 0
    return _Printed(Column(name.upper(), wide, name, str(column.get("type", "string"))), str(column.get("jsonPath", "")))


def _row(item: Object, printed: list[_Printed], view: View) -> list[str]:
    from simulator.kubectl import jsonpath

    data = to_builtins(item)
    cells = []
    for column, path in printed:
        values = jsonpath.results(jsonpath.parse_template(jsonpath.relaxed(path)), data)
        value = values[0] if values else None
        if value is None:
            cells.append("")
        else:
            cells.append(view.age(value) if column.type == "date" and isinstance(value, str) else go_value(value))
    return [item.metadata.name, *cells]
