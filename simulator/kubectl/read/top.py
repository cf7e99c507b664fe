"""`kubectl top pods` and `kubectl top nodes`: what metrics-server saw last (kubectl/pkg/cmd/top, pkg/metricsutil)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple

from simulator.golang.pflag import Flag
from simulator.golang.tabwriter import TableWriter
from simulator.kubectl.errors import KubectlError
from simulator.kubectl.flags import Words
from simulator.kubectl.resolve import Selection, filtered
from simulator.kubectl.verb import Caller, Reading, Verb
from simulator.kubectl.view import Printed, View
from simulator.objects.kinds import BY_NAME, Key, Kind, key_of
from simulator.objects.node import Node
from simulator.objects.pod import Pod
from simulator.objects.quantities import milli, whole
from simulator.units import MILLISECOND, MINUTE, format_duration, parse_time

NO_METRICS = "error: Metrics API not available"
NOT_YET = "error: metrics not available yet"
LATE = 2 * MINUTE
"""How old a pod without metrics is when kubectl says so (metricsCreationDelay)."""
UNKNOWN = "<unknown>"
MEGA = 2**20
SORTS = ("", "cpu", "memory")
PODS, NODES = (Kind(name, "metrics.k8s.io/v1beta1", plural) for name, plural in (("PodMetrics", "pods"), ("NodeMetrics", "nodes")))


class Use(NamedTuple):
    """CPU in millicores and memory in bytes."""

    cpu: int = 0
    memory: int = 0

    @property
    def cells(self) -> list[str]:
        """As a table has it."""
        return [f"{self.cpu}m", f"{self.memory // MEGA}Mi"]


def _total(uses: Iterable[Use]) -> Use:
    listed = list(uses)
    return Use(sum(use.cpu for use in listed), sum(use.memory for use in listed))


def samples(view: View) -> dict[Key, dict[str, Use]]:
    """What the containers of each pod use, as of the last look. Raises KubectlError without a metrics server."""
    facts = view.snapshot.facts("metrics")
    if not facts:
        raise KubectlError(NO_METRICS)
    latest = {fact.about: fact.data["containers"] for fact in facts if fact.what == "metrics"}
    return {
        key: {name: Use(-(-cpu // MILLISECOND), memory) for name, (cpu, memory) in containers.items()}
        for key, containers in latest.items()
        if containers and view.snapshot.get(key) is not None
    }


# ---- pods


def top_pods(words: Words, view: View, caller: Caller) -> Printed:
    """What `kubectl top pods` prints."""
    try:
        return _pods(words, view, caller)
    except KubectlError as error:
        return Printed(err=f"{error}\n", code=error.code)


def _pods(words: Words, view: View, caller: Caller) -> Printed:
    namespace = caller.namespaces(words)
    name = words.args[0] if words.args else ""
    view.authorize("get" if name else "list", PODS, namespace, name)
    known = samples(view)
    selection = Selection(words["selector"], words["field-selector"])
    pods = [pod for pod in filtered(BY_NAME["Pod"], view.snapshot.objects("Pod", namespace), selection) if isinstance(pod, Pod)]
    if name:
        pods = [pod for pod in pods if pod.metadata.name == name]
        if not any(key_of(pod) in known for pod in pods):
            full = f"{namespace}/{name}"
            raise KubectlError(f'Error from server (NotFound): podmetrics.metrics.k8s.io "{full}" not found')
    shown = [(pod.metadata.namespace, pod.metadata.name, known[key_of(pod)]) for pod in pods if key_of(pod) in known]
    if not shown:
        return _nothing(pods, namespace, view)
    shown.sort(key=_order(words["sort-by"], lambda entry: (_total(entry[2].values()), entry[0], entry[1])))
    heads = ["NAME", "CPU(cores)", "MEMORY(bytes)"]
    if words["containers"]:
        heads = ["POD", *heads]
    rows = []
    for where, pod_name, containers in shown:
        place = [where] if words["all-namespaces"] else []
        if words["containers"]:
            rows += [[*place, pod_name, container, *use.cells, ""] for container, use in _ordered(containers, words["sort-by"])]
        else:
            rows.append([*place, pod_name, *_total(containers.values()).cells, ""])
    heads = ["NAMESPACE", *heads] if words["all-namespaces"] else heads
    text = TableWriter().table(([[*heads, ""]] if not words["no-headers"] else []) + rows + _sum(words, heads, shown))
    return Printed(text)


def _ordered(containers: dict[str, Use], sort: str) -> list[tuple[str, Use]]:
    return sorted(containers.items(), key=_order(sort, lambda entry: (entry[1], "", entry[0])))


def _order(sort: str, parts: Callable[..., tuple[Use, str, str]]) -> Callable[..., tuple[int, str, str]]:
    """The key to sort by: the largest first, or by name."""

    def order(entry: object) -> tuple[int, str, str]:
        use, namespace, name = parts(entry)
        return (-use.cpu if sort == "cpu" else -use.memory if sort == "memory" else 0), namespace, name

    return order


def _sum(words: Words, heads: Sequence[str], shown: Sequence[tuple[str, str, dict[str, Use]]]) -> list[list[str]]:
    """The two lines of `--sum`."""
    if not words["sum"]:
        return []
    before = [""] * (len(heads) - 2)
    return [[*before, "________", "________", ""], [*before, *_total(use for _, _, all_ in shown for use in all_.values()).cells, ""]]


def _nothing(pods: Sequence[Pod], namespace: str | None, view: View) -> Printed:
    """Why there are no metrics: there are no pods, or they are too young, or one of them is not."""
    if not pods:
        return Printed(err="No resources found\n" if namespace is None else f"No resources found in {namespace} namespace.\n")
    for pod in pods:
        age = view.now - parse_time(pod.metadata.creation_timestamp or "")
        if age > LATE:
            where = f"{pod.metadata.namespace}/{pod.metadata.name}"
            raise KubectlError(f"error: Metrics not available for pod {where}, age: {format_duration(age)}")
    raise KubectlError(NOT_YET)


# ---- nodes


def top_nodes(words: Words, view: View, _caller: Caller) -> Printed:
    """What `kubectl top nodes` prints: the sum of a node's pods."""
    try:
        return _nodes(words, view)
    except KubectlError as error:
        return Printed(err=f"{error}\n", code=error.code)


def _nodes(words: Words, view: View) -> Printed:
    name = words.args[0] if words.args else ""
    view.authorize("get" if name else "list", NODES, None, name)
    known = samples(view)
    nodes = [
        node for node in filtered(BY_NAME["Node"], view.snapshot.objects("Node"), Selection(words["selector"])) if isinstance(node, Node)
    ]
    if name:
        nodes = [node for node in nodes if node.metadata.name == name]
        if not nodes:
            raise KubectlError(f'Error from server (NotFound): nodemetrics.metrics.k8s.io "{name}" not found')
    rows = []
    for node, use in sorted(((node, _of_node(node, known, view)) for node in nodes), key=_order(words["sort-by"], _named)):
        free = node.status.capacity if words["show-capacity"] else node.status.allocatable
        rows.append(
            [
                node.metadata.name,
                f"{use.cpu}m",
                _share(use.cpu, milli(free["cpu"])),
                use.cells[1],
                _share(use.memory, whole(free["memory"])),
                "",
            ]
        )
    share = "({})" if view.dialect.top_brackets_shares else "{}"
    heads = ["NAME", "CPU(cores)", "CPU" + share.format("%"), "MEMORY(bytes)", "MEMORY" + share.format("%"), ""]
    return Printed(TableWriter().table(([heads] if not words["no-headers"] else []) + rows))


def _named(entry: tuple[Node, Use]) -> tuple[Use, str, str]:
    return entry[1], "", entry[0].metadata.name


def _of_node(node: Node, known: dict[Key, dict[str, Use]], view: View) -> Use:
    on_it = [key_of(pod) for pod in view.snapshot.typed(Pod) if pod.spec.node_name == node.metadata.name]
    return _total(use for key in on_it for use in known.get(key, {}).values())


def _share(used: int, free: int) -> str:
    return f"{used * 100 // free}%" if free else "0%"


def _check(words: Words) -> None:
    if words["sort-by"] not in SORTS:
        raise KubectlError("error: --sort-by accepts only cpu or memory")
    if len(words.args) > 1:
        raise KubectlError(f"error: unexpected arguments: {words.args[1:]}\nSee 'kubectl top -h' for help and examples")


SELECTOR = Flag("selector", short="l", metavar="SELECTOR", help="Label selector.")
SORT = Flag("sort-by", metavar="cpu|memory", help="Sort by this resource, the largest first.")
HEADERS = Flag("no-headers", "bool", help="Don't print column headers.")
ABOUT_PODS = "Print what pods used when metrics-server last looked. Programs of a Scenario state their load."
ABOUT_NODES = "Print what the pods of each node used when metrics-server last looked."
VERBS: tuple[Verb, ...] = (
    Verb(("top", "pod"), "[NAME | -l label]", "Print what pods use of CPU and memory.", (
        SELECTOR,
        Flag("field-selector", metavar="SELECTOR", help="Field selector."),
        Flag("containers", "bool", help="Print a line for each container."),
        SORT,
        Flag("sum", "bool", help="Print the sum of all pods."),
        HEADERS,
    ), Reading(top_pods, ABOUT_PODS, _check), ("top pods", "top pods --containers -A"), ("pods", "po")),
    Verb(("top", "node"), "[NAME | -l label]", "Print what pods use on each node.", (
        SELECTOR,
        SORT,
        Flag("show-capacity", "bool", help="Percentages of the capacity, not of what is allocatable."),
        HEADERS,
    ), Reading(top_nodes, ABOUT_NODES, _check), ("top nodes",), ("nodes", "no")),
)  # fmt: skip
