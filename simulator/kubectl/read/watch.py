"""`kubectl get -w`: the list, then a row for every change."""

from __future__ import annotations

from typing import Any

from simulator.golang.tabwriter import TableWriter
from simulator.journal.changes import changes
from simulator.journal.snapshot import Snapshot
from simulator.kubectl.errors import Denied, KubectlError
from simulator.kubectl.print import output
from simulator.kubectl.print.listing import GetOptions, Rows
from simulator.kubectl.resolve import Target, filtered, key_kind, listed, targets
from simulator.kubectl.verb import FOLLOWED, Caller
from simulator.kubectl.view import Pending, Printed, View
from simulator.objects.kinds import Object

_EVENTS = {"ADDED": "ADDED   ", "MODIFIED": "MODIFIED", "DELETED": "DELETED "}


UNSORTED = "warning: --watch requested, --sort-by will be ignored for watch events received\n"
BEFORE = -1
"""An instant at which there was nothing yet."""


def watch(
    args: list[str], options: GetOptions, view: View, caller: Caller = FOLLOWED, *, only: bool = False, event_types: bool = False
) -> Printed:
    """What `kubectl get ARGS -w` has printed by now.

    Without a start it has been there from the beginning. `only`: without the list (`--watch-only`).
    """
    try:
        requested = targets(args, view.snapshot, options.selection)
        if len(requested) != 1:
            raise KubectlError("error: you may only specify a single resource type")
        if len(requested[0].names) > 1:
            raise KubectlError("error: you may only watch a single resource or type of resource at a time")
        kind, name = requested[0].kind, "".join(requested[0].names)
        view.authorize("get" if name else "list", kind, options.namespace, name)
        start = view.snapshot.at(BEFORE) if caller.start is None else caller.start
        try:
            view.authorize("watch", kind, options.namespace, name)
        except Denied as error:
            text = _Watch(requested[0], options, view.at(start), event_types=event_types).text(start, with_list=not only)
            return Printed(text, f"{error}\n", error.code)
        text = _Watch(requested[0], options, view, event_types=event_types).text(start, with_list=not only)
        pending = Pending((key_kind(requested[0].kind),)) if caller.live else None
        return Printed(text, UNSORTED if options.sort_by else "", pending=pending)
    except KubectlError as error:
        return Printed(err=f"{error}\n", code=error.code)


class _Watch:
    def __init__(self, requested: Target, options: GetOptions, view: View, *, event_types: bool) -> None:
        self._target, self._options, self._view, self._typed = requested, options, view, event_types
        self._table = output.is_table(options.output)
        self._rows = Rows(requested.kind, options, view, with_kind=options.show_kind)
        self._writer = TableWriter()
        self._written = False
        self._headed = not options.headers

    def text(self, start: Snapshot, *, with_list: bool) -> str:
        before = self._view.at(start)
        items = (
            [item for item in listed(self._target.kind, self._options.namespace, before.snapshot) if self._matches(item)]
            if with_list
            else []
        )
        printed = [self._block([(item, "ADDED") for item in items], before)]
        seen = changes(key_kind(self._target.kind), start, self._view.snapshot, self._matches)
        printed += [self._block([(change.item, change.type)], self._view.at(change.t)) for change in seen]
        return "".join(printed)

    def _matches(self, item: Object) -> bool:
        kind, names = self._target
        if kind.namespaced and self._options.namespace not in (None, item.metadata.namespace):
            return False
        named = not names or item.metadata.name in names or item.metadata.name.startswith(names[0])
        return named and bool(filtered(kind, [item], self._options.selection))

    def _block(self, items: list[tuple[Object, str]], view: View) -> str:
        """Some objects as one flush of the writer."""
        if not self._table:
            return "".join(self._data(item, type_) for item, type_ in items) if not self._custom else self._custom_rows(items)
        lines = []
        if items and not self._headed:
            lines, self._headed = [[*["EVENT"] * self._typed, *self._rows.header()]], True
        lines += [[*[_EVENTS[type_]] * self._typed, *self._rows.row(item, view)] for item, type_ in items]
        return self._writer.table(lines)

    @property
    def _custom(self) -> str:
        """The columns of one's own, if they are asked for."""
        form, _, columns = self._options.output.partition("=")
        return columns if form == "custom-columns" and not self._typed else ""

    def _custom_rows(self, items: list[tuple[Object, str]]) -> str:
        data = [output.as_json(item, self._options.managed_fields) for item, _ in items]
        headers, self._headed = bool(items) and not self._headed, self._headed or bool(items)
        return self._writer.table(output.custom_rows(data, self._custom, headers=headers))

    def _data(self, item: Object, type_: str) -> str:
        """One object as data; kubectl writes what happened to it and the object on one line of JSON, and divides YAML documents."""
        form, data = self._options.output, output.as_json(item, self._options.managed_fields)
        if self._typed and form == "json":
            return output.dump_line({"type": type_, "object": in_order(data)})
        divided, self._written = "---\n" if form == "yaml" and self._written else "", True
        return divided + output.print_data([data], form, single=True, headers=False)


def in_order(value: Any) -> Any:
    """A value with the keys of all its parts sorted."""
    if isinstance(value, dict):
        return {key: in_order(value[key]) for key in sorted(value)}
    return [in_order(one) for one in value] if isinstance(value, list) else value
