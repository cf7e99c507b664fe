"""`get` of kinds that podsim keeps but does not simulate."""

from __future__ import annotations

from simulator.objects.kinds import Object
from simulator.views.kubectl.tables.table import Table, columns
from simulator.views.kubectl.view import View


def _aged(item: Object, view: View) -> list[str]:
    return [item.metadata.name, view.age(item.metadata.creation_timestamp)]


def _dated(item: Object, _view: View) -> list[str]:
    return [item.metadata.name, item.metadata.creation_timestamp or "<unknown>"]


OTHER = Table(columns("NAME AGE"), _aged)
TABLES = {"Role": Table(columns("NAME CREATED_AT"), _dated), "ClusterRole": Table(columns("NAME CREATED_AT"), _dated)}
