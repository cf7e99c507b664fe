"""`kubectl get`: objects of one or several kinds as tables or as data."""

from __future__ import annotations

from simulator.golang.pflag import Flag
from simulator.kubectl.errors import Denied, KubectlError
from simulator.kubectl.flags import Words
from simulator.kubectl.print import output
from simulator.kubectl.print.listing import GetOptions, Group, NoSuchField, print_tables, sort_items
from simulator.kubectl.read.names import only_one, warnings
from simulator.kubectl.resolve import Target, filtered, listed, targets
from simulator.kubectl.verb import Caller, Reading, Verb, output_format
from simulator.kubectl.view import Printed, View
from simulator.objects.kinds import Kind, Object

API_RESOURCES = 'Use "kubectl api-resources" for a complete list of supported resources.'
NOTHING_TO_GET = (
    f"You must specify the type of resource to get. {API_RESOURCES}\n\n"
    "error: Required resource not specified.\n"
    'Use "kubectl explain <resource>" for a detailed description of that resource (e.g. kubectl explain pods).\n'
    "See 'kubectl get -h' for help and examples"
)


def get(args: list[str], options: GetOptions, view: View) -> Printed:
    """What `kubectl get ARGS` prints."""
    try:
        if options.label_columns and options.output.startswith("custom-columns") and view.dialect.label_columns_need_a_table:
            raise KubectlError(f"error: --label-columns option cannot be used with {options.output} printer")
        requested = targets(args, view.snapshot, options.selection)
        groups, notes, errors = select(requested, options, view)
        notes = warnings(requested, view) + notes
        if output.is_table(options.output):
            text = print_tables(groups, options, view)
            if not text and not errors and not options.ignore_not_found:
                notes += no_resources([group.kind for group in groups], options.namespace)
        else:
            text = _print_data(groups, options) if groups or not errors else ""
    except KubectlError as error:
        return Printed(err=f"{error}\n", code=error.code)
    return Printed(text, notes + "".join(f"{error}\n" for error in errors), max((error.code for error in errors), default=0))


def select(requested: list[Target], options: GetOptions, view: View) -> tuple[list[Group], str, list[KubectlError]]:
    """The objects asked for; what to say about how they were found; what was not found."""
    groups, notes = [], ""
    errors: list[KubectlError] = []
    for kind, names in requested:
        if not names:
            try:
                view.authorize("list", kind, options.namespace)
            except Denied as error:
                errors.append(error)
                continue
            items = filtered(kind, listed(kind, options.namespace, view.snapshot), options.selection)
            groups.append(Group(kind, _in_order(items, options)))
        for one in names:
            if options.namespace is None and kind.namespaced:
                raise KubectlError("error: a resource cannot be retrieved by name across all namespaces")
            try:
                match = only_one(kind, options.namespace or "", one, view)
            except KubectlError as error:
                if not options.ignore_not_found or error.code != 1 or isinstance(error, Denied):
                    errors.append(error)
                continue
            notes += match.note
            groups.append(Group(kind, [match.item], named=True))
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


def no_resources(kinds: list[Kind], namespace: str | None) -> str:
    """kubectl's words for an empty answer."""
    if namespace is not None and all(kind.namespaced for kind in kinds):
        return f"No resources found in {namespace} namespace.\n"
    return "No resources found\n"


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
        output=output_format(words),
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

        return watch(words.args, options, view, caller, only=words["watch-only"], event_types=words["output-watch-events"])
    return get(words.args, options, view)


VERBS: tuple[Verb, ...] = (
    Verb(("get",), "TYPE[,TYPE...] [NAME...] | TYPE/NAME...", "Display objects as a table, YAML, JSON or custom columns.", (
        Flag("output", short="o", metavar="FORMAT", help="wide, yaml, json, name, jsonpath=TEMPLATE, custom-columns=SPEC."),
        Flag("selector", short="l", metavar="LABELS", help="Select objects by labels: app=web,tier!=db."),
        Flag("field-selector", metavar="FIELDS", help="Select objects by fields: status.phase=Running."),
        Flag("sort-by", metavar="PATH", help="Sort by a field: .metadata.creationTimestamp."),
        Flag("show-labels", "bool", help="Show all labels in a column."),
        Flag("label-columns", "slice", "L", metavar="LABEL", help="Show a label in its own column. Repeatable."),
        Flag("show-kind", "bool", help="Show the kind before each name."),
        Flag("no-headers", "bool", help="Don't print column headers."),
        Flag("show-managed-fields", "bool", help="With -o yaml or json: include managed fields."),
        Flag("ignore-not-found", "bool", help="Ignore objects that don't exist."),
        Flag("watch", "bool", "w", help="After the list, print each change up to --at."),
        Flag("watch-only", "bool", help="Same as -w, without the list."),
        Flag("output-watch-events", "bool", help="With -w: show the event type: ADDED, MODIFIED or DELETED."),
    ), Reading(_prints, "Print objects as `kubectl get` would at that time.", _check), (
        "get pods -A --at 40s",
        "get pods -w -f app.yaml",
        "get deploy,rs,svc -o wide --from run.journal",
        "get pods -l app=web -o jsonpath='{.items[*].status.podIP}'",
    )),
)  # fmt: skip
