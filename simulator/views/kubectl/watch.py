"""`kubectl get -w`: the list, then a row for every change."""

from __future__ import annotations

from simulator.objects.kinds import Object
from simulator.views.kubectl import output
from simulator.views.kubectl.changes import changes, then
from simulator.views.kubectl.get import GetOptions, Rows, filtered
from simulator.views.kubectl.resolve import Wanted, key_kind, listed, wanted
from simulator.views.kubectl.tabwriter import TableWriter
from simulator.views.kubectl.view import KubectlError, Printed, View

_EVENTS = {"ADDED": "ADDED   ", "MODIFIED": "MODIFIED", "DELETED": "DELETED "}


BEFORE = -1
"""An instant at which there was nothing yet."""


def watch(
    args: list[str], options: GetOptions, view: View, start: int | None = None, *, only: bool = False, event_types: bool = False
) -> Printed:
    """What `kubectl get ARGS -w` has printed by now.

    It was started at `start` (nanoseconds; None: before anything was there). `only`: without the list (`--watch-only`).
    """
    try:
        asked = wanted(args, view)
        if len(asked) != 1 or len(asked[0].names) > 1:
            raise KubectlError("error: you may only specify a single resource type")
        return Printed(
            _Watch(asked[0], options, view, event_types=event_types).text(BEFORE if start is None else start, with_list=not only)
        )
    except KubectlError as error:
        return Printed(err=f"{error}\n", code=error.code)


class _Watch:
    def __init__(self, asked: Wanted, options: GetOptions, view: View, *, event_types: bool) -> None:
        self._asked, self._options, self._view, self._typed = asked, options, view, event_types
        self._table = output.is_table(options.output)
        self._rows = Rows(asked.kind, options, view)
        self._writer = TableWriter()
        self._headed = not options.headers

    def text(self, start: int, *, with_list: bool) -> str:
        before = then(self._view, start)
        items = [item for item in listed(self._asked.kind, self._options.namespace, before) if self._matches(item)] if with_list else []
        printed = [self._block([(item, "ADDED") for item in items], before)]
        seen = changes(key_kind(self._asked.kind), start, self._view, self._matches)
        printed += [self._block([(change.item, change.type)], then(self._view, change.t)) for change in seen]
        return "".join(printed)

    def _matches(self, item: Object) -> bool:
        kind, names = self._asked
        if kind.namespaced and self._options.namespace not in (None, item.metadata.namespace):
            return False
        named = not names or item.metadata.name in names or item.metadata.name.startswith(names[0])
        return named and bool(filtered(kind, [item], self._options))

    def _block(self, items: list[tuple[Object, str]], view: View) -> str:
        """Some objects as one flush of the writer."""
        if not self._table:
            data = [output.as_json(item, self._options.managed_fields) for item, _ in items]
            return "".join(output.print_data([one], self._options.output, single=True, headers=False) for one in data)
        lines = []
        if items and not self._headed:
            lines, self._headed = [[*["EVENT"] * self._typed, *self._rows.header()]], True
        lines += [[*[_EVENTS[type_]] * self._typed, *self._rows.row(item, view)] for item, type_ in items]
        return self._writer.table(lines)
