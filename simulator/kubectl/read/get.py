"""`kubectl get`: objects of one or several kinds as tables or as data."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from simulator.golang.tabwriter import TableWriter
from simulator.kubectl.errors import KubectlError
from simulator.kubectl.flags import Flag, Words
from simulator.kubectl.print import output
from simulator.kubectl.print.tables import table_for
from simulator.kubectl.read.names import only_one, warnings
from simulator.kubectl.resolve import Selection, Target, filtered, listed, targets
from simulator.kubectl.selectors import labels_text
from simulator.kubectl.verb import Caller, Reading, Verb
from simulator.kubectl.view import Printed, View, escaped
from simulator.objects.kinds import Kind, Object
from simulator.units import parse_quantity

API_RESOURCES = 'Use "kubectl api-resources" for a complete list of supported resources.'
NOTHING_TO_GET = (
    f"You must specify the type of resource to get. {API_RESOURCES}\n\n"
    "error: Required resource not specified.\n"
    'Use "kubectl explain <resource>" for a detailed description of that resource (e.g. kubectl explain pods).\n'
    "See 'kubectl get -h' for help and examples"
)


@dataclass(frozen=True)
class GetOptions:
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


@dataclass
class Group:
    """The objects that one word of the command line gave, in the order in which they are printed."""

    kind: Kind
    items: list[Object]
    named: bool = False


def get(args: list[str], options: GetOptions, view: View) -> Printed:
    """What `kubectl get ARGS` prints."""
    try:
        if options.label_columns and options.output.startswith("custom-columns") and view.dialect.label_columns_need_a_table:
            raise KubectlError(f"error: --label-columns option cannot be used with {options.output} printer")
        asked = targets(args, view.snapshot, options.selection)
        groups, notes, errors = select(asked, options, view)
        notes = warnings(asked, view) + notes
        if output.is_table(options.output):
            text = print_tables(groups, options, view)
            if not text and not errors and not options.ignore_not_found:
                notes += nothing_found([group.kind for group in groups], options.namespace)
        else:
            text = _print_data(groups, options) if groups or not errors else ""
    except KubectlError as error:
        return Printed(err=f"{error}\n", code=error.code)
    return Printed(text, notes + "".join(f"{error}\n" for error in errors), max((error.code for error in errors), default=0))


def select(asked: list[Target], options: GetOptions, view: View) -> tuple[list[Group], str, list[KubectlError]]:
    """The objects asked for; what to say about how they were found; what was not found."""
    groups, notes, errors = [], "", []
    for kind, names in asked:
        if not names:
            items = filtered(kind, listed(kind, options.namespace, view.snapshot), options.selection)
            groups.append(Group(kind, _in_order(items, options)))
        for one in names:
            if options.namespace is None and kind.namespaced:
                raise KubectlError("error: a resource cannot be retrieved by name across all namespaces")
            try:
                found = only_one(kind, options.namespace or "", one, view)
            except KubectlError as error:
                if not options.ignore_not_found or error.code != 1:
                    errors.append(error)
                continue
            notes += found.note
            groups.append(Group(kind, [found.item], named=True))
    return groups, notes, errors


def _in_order(items: list[Object], options: GetOptions) -> list[Object]:
    """The objects of one kind as `--sort-by` wants them. A table whose rows all lack the field is dropped without a word."""
    if not options.sort_by:
        return items
    try:
        return sort_items(items, options.sort_by)
    except NoSuchField:
        if output.is_table(options.output):
            return []
        raise


def nothing_found(kinds: list[Kind], namespace: str | None) -> str:
    """kubectl's words for an empty answer."""
    if namespace is not None and all(kind.namespaced for kind in kinds):
        return f"No resources found in {namespace} namespace.\n"
    return "No resources found\n"


def sort_items(items: list[Object], sort_by: str) -> list[Object]:
    """Objects in the order of `--sort-by`, equal ones as Go's sort leaves them. Raises KubectlError when no object has the field."""
    from simulator.golang.sort import go_sorted
    from simulator.kubectl import jsonpath

    path = jsonpath.relaxed(sort_by)
    found = [(item, jsonpath.find(path, output.as_json(item))[0]) for item in items]
    if items and not any(values for _, values in found):
        raise NoSuchField(f'error: couldn\'t find any field with path "{path}" in the list of objects')

    def less(a: tuple[Object, list[Any]], b: tuple[Object, list[Any]]) -> bool:
        if not a[1] or not b[1]:
            return not a[1]
        return _less(a[1][0], b[1][0])

    return [item for item, _ in go_sorted(found, less)]


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
        self._table = table_for(kind.name)
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


def _print_data(groups: list[Group], options: GetOptions) -> str:
    items = [output.as_json(item, options.managed_fields) for group in groups for item in group.items]
    single = len(groups) == 1 and groups[0].named
    return output.print_data(items, options.output, single=single, headers=options.headers)


# ---- the command line


def _check(words: Words) -> None:
    if not words.args:
        raise KubectlError(NOTHING_TO_GET)


def _prints(words: Words, view: View, caller: Caller) -> Printed:
    options = GetOptions(
        namespace=caller.namespaces(words),
        output=words["output"],
        labels=words["selector"],
        fields=words["field-selector"],
        sort_by=words["sort-by"],
        label_columns=tuple(words["label-columns"]),
        show_labels=words["show-labels"],
        show_kind=words["show-kind"],
        headers=not words["no-headers"],
        managed_fields=words["show-managed-fields"],
        ignore_not_found=words["ignore-not-found"],
    )
    if words["watch"] or words["watch-only"]:
        from simulator.kubectl.read.watch import watch

        return watch(words.args, options, view, caller.start, only=words["watch-only"], event_types=words["output-watch-events"])
    return get(words.args, options, view)


VERBS: tuple[Verb, ...] = (
    Verb(("get",), "TYPE[,TYPE...] [NAME...] | TYPE/NAME...", "Objects as tables, YAML, JSON, or whatever you ask for.", (
        Flag("output", short="o", metavar="FORMAT", help="wide, yaml, json, name, jsonpath=TEMPLATE, custom-columns=SPEC."),
        Flag("selector", short="l", metavar="LABELS", help="Only objects with these labels: app=web,tier!=db."),
        Flag("field-selector", metavar="FIELDS", help="Only objects with these fields: status.phase=Running."),
        Flag("sort-by", metavar="PATH", help="Sort by a field: .metadata.creationTimestamp."),
        Flag("show-labels", "bool", help="A column of all labels."),
        Flag("label-columns", "slice", "L", metavar="LABEL", help="A column for a label; may be repeated."),
        Flag("show-kind", "bool", help="Put the kind before names."),
        Flag("no-headers", "bool", help="No titles."),
        Flag("show-managed-fields", "bool", help="Of -o yaml and json: managed fields too."),
        Flag("ignore-not-found", "bool", help="What does not exist is no error."),
        Flag("watch", "bool", "w", help="The list, then a row for each change up to --at."),
        Flag("watch-only", "bool", help="As -w, without the list."),
        Flag("output-watch-events", "bool", help="Of -w: say ADDED, MODIFIED or DELETED."),
    ), Reading(_prints, "Print objects as `kubectl get` would at that instant.", _check), (
        "get pods -A --at 40s",
        "get pods -w -f app.yaml",
        "get deploy,rs,svc -o wide --from run.journal",
        "get pods -l app=web -o jsonpath='{.items[*].status.podIP}'",
    )),
)  # fmt: skip
