"""`kubectl get pods` at an instant, in as many lines as fit."""

from __future__ import annotations

import re
from collections import Counter

from simulator.kubectl.print.listing import GetOptions, Group, print_tables
from simulator.kubectl.print.tables.pods import Summary, summary
from simulator.kubectl.read.get import no_resources
from simulator.kubectl.view import View
from simulator.objects.kinds import kind_for_word
from simulator.objects.pod import Pod
from simulator.views.play.film import Film
from simulator.views.styled import Line, Part

IN_PROGRESS = re.compile(r"Pending|ContainerCreating|PodInitializing|Terminating|Running|Init:\d+/\d+")
OVER = ("Completed", "Succeeded")


def namespace_of(film: Film) -> str | None:
    """The namespace for `get pods`: that of the pods, None when they are in several."""
    namespaces = {pod.key.namespace for pod in film.story.pods} or {film.namespace or film.snapshot.header.namespace or "default"}
    return namespaces.pop() if len(namespaces) == 1 else None


def command(film: Film) -> str:
    """The command that the user would type."""
    namespace = namespace_of(film)
    if namespace is None:
        return "get pods -A"
    return "get pods" if namespace == (film.snapshot.header.namespace or "default") else f"get pods -n {namespace}"


def pod_list(film: Film, t: int, rows: int) -> list[Line]:
    """The table at `t` (nanoseconds). When not all pods fit, those with problems come first, and the rest are counted."""
    view = View(film.snapshot.at(t))
    namespace = namespace_of(film)
    names = {pod.key[1:] for pod in film.story.pods}
    pods = [(pod, summary(pod, view)) for pod in view.snapshot.typed(Pod, namespace)]
    pods = [(pod, row) for pod, row in pods if (pod.metadata.namespace, pod.metadata.name) in names]
    kind = kind_for_word("pods")
    if kind is None or not pods:
        return [[Part(no_resources([kind] if kind else [], namespace).strip(), "dim")]][:rows]
    space = rows - 1
    shown, rest = pods, list[tuple[Pod, Summary]]()
    if len(pods) > space:
        pods.sort(key=lambda pair: _is_fine(pair[1]))
        shown, rest = pods[: max(1, space - 1)], pods[max(1, space - 1) :]
    table = print_tables([Group(kind, [pod for pod, _ in shown])], GetOptions(namespace=namespace), view).splitlines()
    lines: list[Line] = [[Part(table[0], "bold")]]
    lines += [[Part(line, _style(row))] for line, (_, row) in zip(table[1:], shown, strict=True)]
    counts = Counter(row.status for _, row in rest)
    if rest:
        lines.append([Part(f"and {len(rest)} more: {', '.join(f'{count} {status}' for status, count in counts.most_common())}", "dim")])
    return lines[:rows]


def _is_fine(row: Summary) -> bool:
    return row.status in OVER or (row.status == "Running" and row.ready == row.total)


def _style(row: Summary) -> str:
    if row.status in OVER:
        return "dim"
    if _is_fine(row):
        return "green"
    return "" if IN_PROGRESS.fullmatch(row.status) else "red"
