"""`kubectl describe`: which objects, in which order, with or without events."""

from __future__ import annotations

from importlib import import_module

import msgspec

from simulator.golang.pflag import Flag
from simulator.kubectl.errors import KubectlError
from simulator.kubectl.flags import Words
from simulator.kubectl.print.describe.events import describe_events
from simulator.kubectl.print.describe.sheet import Sheet
from simulator.kubectl.read.get import API_RESOURCES, no_resources
from simulator.kubectl.read.names import named, warnings
from simulator.kubectl.resolve import Selection, Target, filtered, listed, targets
from simulator.kubectl.verb import Caller, Reading, Verb
from simulator.kubectl.view import Printed, View
from simulator.objects.kinds import Object, to_builtins

_MODULES = {
    "pod": ("Pod",),
    "workloads": ("Deployment", "ReplicaSet", "ReplicationController", "StatefulSet", "DaemonSet"),
    "jobs": ("Job", "CronJob"),
    "services": ("Service", "Endpoints", "EndpointSlice"),
    "node": ("Node",),
    "config": (
        "ConfigMap",
        "Secret",
        "ServiceAccount",
        "Namespace",
        "LimitRange",
        "ResourceQuota",
        "PodDisruptionBudget",
        "PriorityClass",
    ),
    "storage": ("PersistentVolume", "PersistentVolumeClaim", "StorageClass"),
    "networking": ("Ingress", "IngressClass", "NetworkPolicy"),
    "autoscaling": ("HorizontalPodAutoscaler",),
    "access": ("Role", "ClusterRole", "RoleBinding", "ClusterRoleBinding"),
}
_HOME = {kind: module for module, kinds in _MODULES.items() for kind in kinds}
_WITHOUT_EVENTS = ("Secret", "Namespace", "LimitRange", "ResourceQuota", "NetworkPolicy", *_MODULES["access"])


class DescribeOptions(msgspec.Struct, frozen=True):
    """The flags of `kubectl describe`. `show_events` None: as kubectl decides."""

    namespace: str | None = "default"
    labels: str = ""
    show_events: bool | None = None


def describe(args: list[str], options: DescribeOptions, view: View) -> Printed:
    """What `kubectl describe ARGS` prints."""
    try:
        requested = targets(args, view.snapshot, Selection(options.labels))
        notes = warnings(requested, view)
        if len(args) == 2 and len(requested) == 1 and "/" not in args[0] and (selected := _matching(requested[0], options, view)):
            return Printed("".join(f"{text}\n" for text in _described(selected, options, view, alone=False)), notes)
        items, more, errors = _select(requested, options, view)
    except KubectlError as error:
        return Printed(err=f"{error}\n", code=error.code)
    notes += more
    if not items and not errors:
        notes += no_resources([one.kind for one in requested], options.namespace)
    text = "\n\n".join(_described(items, options, view, alone=len(items) == 1 and not errors))
    return Printed(text, notes + "".join(f"{error}\n" for error in errors), max((error.code for error in errors), default=0))


def _matching(requested: Target, options: DescribeOptions, view: View) -> list[Object]:
    """`TYPE PREFIX`: everything whose name begins so, when nothing is called exactly that."""
    prefix = requested.names[0]
    view.authorize("get", requested.kind, options.namespace, prefix)
    items = listed(requested.kind, options.namespace, view.snapshot)
    if any(item.metadata.name == prefix for item in items):
        return []
    if items and not view.may("list", requested.kind, options.namespace):
        return []
    return [item for item in items if item.metadata.name.startswith(prefix)]


def _select(requested: list[Target], options: DescribeOptions, view: View) -> tuple[list[Object], str, list[KubectlError]]:
    """The objects asked for; how they were found; what was not found."""
    items: list[Object] = []
    notes, errors = "", []
    for kind, names in requested:
        if not names:
            view.authorize("list", kind, options.namespace)
            items += filtered(kind, listed(kind, options.namespace, view.snapshot), Selection(options.labels))
        for name in names:
            try:
                selected = named(kind, options.namespace or "", name, view)
            except KubectlError as error:
                errors.append(error)
                continue
            notes += "".join(one.note for one in selected)
            items += [one.item for one in selected]
    return items, notes, errors


def _described(items: list[Object], options: DescribeOptions, view: View, *, alone: bool) -> list[str]:
    """A text for each object. Without a word about events, later releases show those of an object that was asked for `alone`."""
    events = options.show_events if options.show_events is not None else alone or not view.dialect.several_described_without_events
    return [description(item, view, events=events) for item in items]


def description(item: Object, view: View, *, events: bool = True) -> str:
    """One object described."""
    sheet = Sheet(view.columns)
    home = _HOME.get(item.kind)
    if home:
        import_module(f"simulator.kubectl.print.describe.{home}").DESCRIBERS[item.kind](item, sheet, view)
    else:
        from simulator.kubectl.print.describe.config import other

        sheet.head(item.metadata)
        sheet.marks(item.metadata)
        other(to_builtins(item), sheet)
    if events and item.kind not in _WITHOUT_EVENTS:
        describe_events(item, sheet, view)
    return sheet.text()


# ---- the command line


def _check(words: Words) -> None:
    if not words.args:
        raise KubectlError(f"error: You must specify the type of resource to describe. {API_RESOURCES}")


def _prints(words: Words, view: View, caller: Caller) -> Printed:
    events = bool(words["show-events"]) if "show-events" in words.given else None
    return describe(words.args, DescribeOptions(caller.namespaces(words), words["selector"], events), view)


VERBS: tuple[Verb, ...] = (
    Verb(("describe",), "TYPE [NAME_PREFIX...] | TYPE/NAME...", "Show details of an object, with its events.", (
        Flag("selector", short="l", metavar="LABELS", help="Select objects by labels."),
        Flag("show-events", "bool", default=True, help="Show the events of each object, or not."),
        Flag("hide-events", "bool", negates="show-events"),
    ), Reading(_prints, "Print objects as `kubectl describe` would at that time.", _check), (
        "describe pod web --at 40s",
        "describe deployment/web service/web",
        "describe node --from run.journal",
    )),
)  # fmt: skip
