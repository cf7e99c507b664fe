"""What a word of a command line may become: names of the last run, scenarios, rules, metrics, releases, or files."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import click

from simulator.cli import last_run
from simulator.cli.completion.cursor import Cursor

if TYPE_CHECKING:
    from simulator.journal.outline import Named, Outline

WORKLOADS = ("Deployment", "StatefulSet", "DaemonSet", "ReplicaSet", "ReplicationController")
SUBJECTS = ("Pod", *WORKLOADS, "Job", "CronJob", "Service", "Node", "PersistentVolumeClaim")
"""The kinds of objects that podsim's own commands are about."""
FILES = None
"""The shell completes files, better than podsim could."""
Values = dict[str, str] | None
"""Values with their help, or FILES."""
Source = Callable[[Cursor], Values]


def values(place: Cursor) -> Values:
    """What may stand at the cursor."""
    if place.option is not None:
        return _of_option(place, place.option)
    return place.names if place.argument is None or place.names else _of_argument(place, place.argument)


def _of_option(place: Cursor, option: click.Option) -> Values:
    source = OPTIONS.get(option.opts[-1]) or BY_METAVAR.get(option.metavar or "")
    if isinstance(option.type, click.Choice):
        return dict.fromkeys(map(str, option.type.choices), "")
    return source(place) if source else {}


def _of_argument(place: Cursor, argument: click.Argument) -> Values:
    if isinstance(argument.type, click.Choice):
        return dict.fromkeys(map(str, argument.type.choices), "")
    source = COMMANDS.get(place.command) or COMMANDS.get(place.command[:1]) or BY_METAVAR.get(argument.metavar or "")
    return source(place) if source else FILES


def files(_place: Cursor) -> Values:
    """Files and directories."""
    return FILES


def nothing(_place: Cursor) -> Values:
    """A text of the user's own."""
    return {}


def scenarios(_place: Cursor) -> Values:
    """The scenarios of the gallery."""
    from simulator.scenario.gallery import exhibits

    return {one.name: one.title for one in exhibits()}


def lesson_words(place: Cursor) -> Values:
    """The lessons and what can be done in them; behind that, the tasks of the current lesson."""
    from simulator.cli.learn_command import ON_TASKS, WORDS
    from simulator.cli.learning.student import Student
    from simulator.lessons import lessons

    if not place.arguments:
        return {**{str(one.number): one.title for one in lessons()}, **dict.fromkeys(WORDS, "")}
    if place.arguments[0] not in ON_TASKS:
        return {}
    current = Student("", as_json=False).progress.current
    return {task.name: task.title for one in lessons() if one.name == current for task in one.tasks}


def rules(_place: Cursor) -> Values:
    """The rules of `podsim advise`."""
    from simulator.advice.rules import RULES

    return {"all": "Every rule", **{rule.id: rule.title for rule in RULES}}


def metrics(_place: Cursor) -> Values:
    """The metrics of a run."""
    from simulator.metrics.table import METRICS

    return {metric.name: metric.sentence for metric in METRICS}


def releases(_place: Cursor) -> Values:
    """The releases of Kubernetes that podsim imitates, newest first."""
    from simulator.dialect import SUPPORTED

    return dict.fromkeys(reversed(SUPPORTED), "")


def presets(_place: Cursor) -> Values:
    """Well-known kinds of nodes."""
    from simulator.scenario.presets import PRESETS

    return dict.fromkeys(PRESETS, "")


def commands(place: Cursor) -> Values:
    """Commands, for help about one."""
    from simulator.cli.table import ROWS

    return {name: row.short for name, row in ROWS.items()} if not place.arguments else {}


def namespaces(_place: Cursor) -> Values:
    """The namespaces of the last run."""
    objects = last_outline().objects
    return {name: "" for one in objects if (name := one.name if one.kind == "Namespace" else one.namespace)}


def subjects(place: Cursor) -> Values:
    """Objects as `kind/name`."""
    return _as_paths(chosen(place, SUBJECTS))


def services(place: Cursor) -> Values:
    """Services as `service/name`."""
    return _as_paths(chosen(place, ("Service",)))


def one_workload(place: Cursor) -> Values:
    """A workload as `kind/name`."""
    return {} if place.arguments and "/" in place.arguments[0] else _as_paths(chosen(place, WORKLOADS))


def nodes(place: Cursor) -> Values:
    """Names of nodes."""
    return _names(chosen(place, ("Node",)))


def pods(place: Cursor) -> Values:
    """Names of pods, and workloads as `kind/name`; behind the pod of `logs`, its containers."""
    if place.arguments:
        return containers(place) if place.command == ("logs",) else {}
    return _names(chosen(place, ("Pod",))) | _as_paths(chosen(place, (*WORKLOADS, "Job")))


def containers(place: Cursor) -> Values:
    """Containers of the pod that is named, or of all pods."""
    named = place.arguments[0].removeprefix("pod/") if place.arguments else ""
    all_pods = chosen(place, ("Pod",))
    own = [pod for pod in all_pods if pod.name == named] or all_pods
    return {name: "" for pod in own for name in pod.containers}


def typed_first(place: Cursor) -> Values:
    """kubectl's arguments: a type and names of its objects, or `type/name` each."""
    from simulator.objects.kinds import BY_NAME, kind_for_word

    first = place.arguments[0] if place.arguments else ""
    word = first.rpartition(",")[2] if first and "/" not in first else place.typed.rpartition("/")[0]
    if word:
        kind = kind_for_word(word)
        candidates = _names(chosen(place, (kind.name,))) if kind else {}
        return candidates if "/" not in place.typed else {f"{word}/{name}": "" for name in candidates}
    types = {BY_NAME[one.kind].plural: "" for one in last_outline().objects if one.kind in BY_NAME}
    return _as_paths(chosen(place, SUBJECTS)) if first or place.command[0] in PATH_FIRST else types


def targets(place: Cursor) -> Values:
    """The object of a verb that changes one, and nothing behind it: values are the user's own."""
    return {} if place.arguments and "/" in place.arguments[0] else typed_first(place)


def nodes_first(place: Cursor) -> Values:
    """`taint node NAME` or `taint node/NAME`."""
    return nodes(place) if place.arguments[:1] in (("node",), ("nodes",), ("no",)) else {"node": ""} if not place.arguments else {}


def chosen(place: Cursor, kinds: tuple[str, ...]) -> list[Named]:
    """The objects of the last run of these kinds, in the order of the kinds, in the namespace that the command line names."""
    run = last_outline()
    given = place.given.get("--namespace", run.namespace)
    visible = [one for one in run.objects if one.namespace in ("", given)]
    return [one for kind in kinds for one in visible if one.kind == kind]


def last_outline() -> Outline:
    """The objects of the last run; without one, none."""
    from simulator.journal.outline import Outline, outline

    place = last_run.recall()
    if place is None:
        return Outline()
    with place.open("rb") as file:
        return outline(file)


def _names(objects: list[Named]) -> dict[str, str]:
    return {one.name: "" for one in objects}


def _as_paths(objects: list[Named]) -> dict[str, str]:
    return {f"{one.kind.lower()}/{one.name}": "" for one in objects}


PATH_FIRST = ("wait", "set", "expose", "patch")
"""Commands of kubectl that are mostly given `type/name`."""
COMMANDS: dict[tuple[str, ...], Source] = {
    **dict.fromkeys([("cordon",), ("uncordon",), ("drain",)], nodes),
    **dict.fromkeys([("logs",), ("exec",), ("debug",)], pods),
    **dict.fromkeys([("get",), ("describe",), ("delete",), ("wait",)], typed_first),
    **dict.fromkeys([("rollout",), ("scale",), ("autoscale",)], one_workload),
    **dict.fromkeys([("set",), ("expose",), ("patch",), ("label",), ("annotate",)], targets),
    ("taint",): nodes_first,
    ("gallery",): scenarios,
    ("learn",): lesson_words,
    ("traffic",): services,
    ("help",): commands,
    ("plot",): one_workload,
    ("create",): nothing,
}
"""Command -> what its arguments may be; others by the argument's metavar, else files."""
OPTIONS: dict[str, Source] = {
    "--explain": rules,
    "--metric": metrics,
    "--nodes": presets,
    "--sort-by": nothing,
}
"""Option -> what its value may be; others by metavar."""
BY_METAVAR: dict[str, Source] = {
    **dict.fromkeys(["PATH", "PATH...", "[PATH...]", "FILE", "FOLDER", "DIRECTORY", "[KEY=]FILE", "OLD", "NEW"], files),
    **dict.fromkeys(["[KIND/NAME...]", "[POD|WORKLOAD...]", "[OBJECT]", "TYPE/NAME"], subjects),
    **dict.fromkeys(["RELEASE", "[OLD", "[NEW]]"], releases),
    "NAMESPACE": namespaces,
    "CONTAINER": containers,
    "STRATEGY": lambda _place: dict.fromkeys(("none", "client", "server"), ""),
    "HOW": lambda _place: dict.fromkeys(("strict", "warn", "ignore"), ""),
}
"""Metavar -> what such a value may be. All other values are the user's own."""
