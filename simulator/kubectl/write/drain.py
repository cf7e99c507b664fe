"""`kubectl drain`: evict the pods of a node, and again while a PodDisruptionBudget refuses (kubectl/pkg/drain)."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from simulator.api import ApiError
from simulator.api.deletion import Deletion
from simulator.api.eviction import evict
from simulator.engine import Process
from simulator.golang.pflag import Flag
from simulator.kubectl.errors import Complaint
from simulator.kubectl.flags import Words
from simulator.kubectl.verb import Verb, options
from simulator.kubectl.write.acting import DRY_RUNS, SELECTION, Acting, Writing
from simulator.kubectl.write.cordon import NODE_FLAGS, cordon, nodes
from simulator.kubectl.write.targets import Named, resources
from simulator.manifest.selectors import parse_labels
from simulator.objects.base import JSON
from simulator.objects.kinds import BY_NAME, key_of
from simulator.objects.labels import MIRROR_POD
from simulator.objects.pod import Pod
from simulator.objects.pod_facts import has_ended
from simulator.units import SECOND, format_duration, parse_duration

LOOK_AGAIN = 1 * SECOND


ASK_AGAIN = 5 * SECOND


class Verdict(NamedTuple):
    """What becomes of a pod: whether it is evicted, and what is to be said of it."""

    goes: bool
    error: str = ""
    warning: str = ""


class _Doomed:
    """A pod on its way out: when it is asked to go next, and whether it has been."""

    def __init__(self, pod: Pod, now: int) -> None:
        self.pod = pod
        self.asks_at = now
        self.evicted = False


def _options(words: Words) -> JSON:
    chosen = options(words, "force", "pod-selector", ignoreDaemonsets=words["ignore-daemonsets"] or None)
    chosen |= options(words, deleteEmptydirData=words["delete-emptydir-data"] or None)
    chosen |= {"timeout": words["timeout"]} if words["timeout"] not in ("0", "0s") else {}
    return chosen | ({"gracePeriod": words["grace-period"]} if words["grace-period"] >= 0 else {})


def drain(acting: Acting) -> Process[None]:
    """Cordon the nodes, then evict their pods, one node after the other; kubectl waits until the pods are gone."""
    infos = resources(acting)
    if acting.troubles:
        return
    cordon(acting)
    left: list[Named] = []
    fatal: list[str] = []
    for named in infos:
        problems = yield from _emptied(acting, named)
        if not problems:
            if named.item is not None:
                acting.shown(named.item, "drained")
            continue
        summary = problems[0] if len(problems) == 1 else f"[{', '.join(problems)}]"
        acting.err(f'error: unable to drain node "{named.name}" due to error: {summary}, continuing command...\n')
        left.append(named)
        fatal += problems
    if left:
        acting.err("There are pending nodes to be drained:\n" + "".join(f" {named.name}\n" for named in left))
        # Errors in a list of lists: kubectl prints them without the word `error` in front.
        acting.err("".join(f"{problem}\n" for problem in fatal))
        acting.answer.code = 1


def _emptied(acting: Acting, named: Named) -> Process[list[str]]:
    """Evict the pods of a node and wait for their end; what went wrong."""
    terms = parse_labels(str(acting.option("podSelector", "")))
    acting.authorize("list", BY_NAME["Pod"], None)
    pods = [pod for pod in acting.store.typed(Pod) if pod.spec.node_name == named.name]
    pods = sorted((pod for pod in pods if all(term.matches(pod.metadata.labels) for term in terms)), key=key_of)
    verdicts = [(pod, _verdict(acting, pod)) for pod in pods]
    if errors := _grouped(verdicts, lambda verdict: verdict.error):
        return [f"cannot delete {text}" for text in errors]
    if warnings := _grouped(verdicts, lambda verdict: verdict.warning):
        acting.warn("; ".join(warnings))
    victims = [pod for pod, verdict in verdicts if verdict.goes]
    if acting.dry:
        for pod in victims:
            acting.out(f"evicting pod {pod.metadata.namespace}/{pod.metadata.name}{DRY_RUNS[acting.dry]}\n")
        return []
    problems = yield from _evicted(acting, victims)
    if problems:
        pending = [pod for pod in victims if _same(acting, pod) is not None]
        summary = problems[0] if len(problems) == 1 else f"[{', '.join(problems)}]"
        acting.err(f'There are pending pods in node "{named.name}" when an error occurred: {summary}\n')
        acting.err("".join(f"pod/{pod.metadata.name}\n" for pod in pending))
    return problems


def _verdict(acting: Acting, pod: Pod) -> Verdict:
    """kubectl's filters, in their order; the last one that lets a pod pass has the word."""
    over = has_ended(pod)
    owner = next((ref for ref in pod.metadata.owner_references if ref.controller), None)
    if owner is not None and owner.kind == "DaemonSet" and not over:
        if not acting.option("ignoreDaemonsets"):
            return Verdict(False, "DaemonSet-managed Pods (use --ignore-daemonsets to ignore)")
        return Verdict(False, warning="ignoring DaemonSet-managed Pods")
    if MIRROR_POD in pod.metadata.annotations:
        return Verdict(False)
    if any(volume.empty_dir is not None for volume in pod.spec.volumes) and not over and not acting.option("deleteEmptydirData"):
        return Verdict(False, "Pods with local storage (use --delete-emptydir-data to override)")
    if owner is not None or over:
        return Verdict(True)
    if not acting.option("force"):
        return Verdict(False, "Pods that declare no controller (use --force to override)")
    return Verdict(True, warning="deleting Pods that declare no controller")


def _grouped(verdicts: list[tuple[Pod, Verdict]], what: Callable[[Verdict], str]) -> list[str]:
    """Each sentence once, with the pods that it is about."""
    about: dict[str, list[str]] = {}
    for pod, verdict in verdicts:
        if what(verdict):
            about.setdefault(what(verdict), []).append(f"{pod.metadata.namespace}/{pod.metadata.name}")
    return [f"{text}: {', '.join(names)}" for text, names in about.items()]


def _evicted(acting: Acting, pods: list[Pod]) -> Process[list[str]]:
    """Ask for each pod's eviction until it is granted, and look every second whether it is gone."""
    engine, begun = acting.engine, acting.engine.now
    limit = parse_duration(acting.option("timeout")) if acting.option("timeout") else None
    waiting = [_Doomed(pod, begun) for pod in pods]
    problems: list[str] = []
    while waiting:
        is_late = bool(limit) and limit is not None and engine.now - begun >= limit
        for doomed in list(waiting):
            try:
                if _step(acting, doomed, f"{format_duration(limit or 0)}" if is_late else ""):
                    waiting.remove(doomed)
            except Complaint as error:
                problems.append(error.text)
                waiting.remove(doomed)
        if waiting:
            yield engine.sleep(LOOK_AGAIN)
    return problems


def _step(acting: Acting, doomed: _Doomed, late: str) -> bool:
    """Whether the pod is gone by now. Raises Complaint when it cannot be evicted, or not in time (`late`: the limit)."""
    meta = doomed.pod.metadata
    if doomed.evicted:
        if _same(acting, doomed.pod) is None:
            acting.shown(doomed.pod, "evicted")
            return True
        if late:
            where = f'pod "{meta.name}" in namespace "{meta.namespace}"'
            raise Complaint(f"error when waiting for {where} to terminate: global timeout reached: {late}")
        return False
    if acting.engine.now < doomed.asks_at:
        return False
    acting.out(f"evicting pod {meta.namespace}/{meta.name}\n")
    if late:
        raise Complaint(f'error when evicting pods/"{meta.name}" -n "{meta.namespace}": global timeout reached: {late}')
    try:
        acting.authorize("create", BY_NAME["Pod"], meta.namespace, meta.name, "eviction")
        evict(acting.api, doomed.pod, Deletion(grace=acting.option("gracePeriod")), acting.origin.eviction)
    except ApiError as error:
        if error.reason == "NotFound":
            return True
        if error.reason != "TooManyRequests":
            raise Complaint(f'error when evicting pods/"{meta.name}" -n "{meta.namespace}": {error.message}') from error
        acting.err(f'error when evicting pods/"{meta.name}" -n "{meta.namespace}" (will retry after 5s): {error.message}\n')
        doomed.asks_at = acting.engine.now + ASK_AGAIN
        return False
    acting.answer.changed = doomed.evicted = True
    return False


def _same(acting: Acting, pod: Pod) -> Pod | None:
    """The pod as it is now; None when it is gone, or another one has its name."""
    now = acting.store.get(key_of(pod))
    return now if isinstance(now, Pod) and now.metadata.uid == pod.metadata.uid else None


DRAIN_FLAGS = (
    *NODE_FLAGS,
    Flag("force", "bool", help="Also evict pods without a controller."),
    Flag("ignore-daemonsets", "bool", help="Ignore pods of DaemonSets."),
    Flag("delete-emptydir-data", "bool", help="Also evict pods with an emptyDir."),
    Flag("grace-period", "int", default=-1, metavar="SECONDS", help="Time for pods to stop, instead of their own grace period."),
    Flag("timeout", "duration", default="0s", metavar="DURATION", help="Time to wait before giving up."),
    Flag("pod-selector", metavar="LABELS", help="Evict only pods with these labels."),
)


VERBS: tuple[Verb, ...] = (
    Verb(("drain",), "drain NODE", "Cordon a node and evict its pods.", DRAIN_FLAGS, nodes("drain", _options),
         ("drain node-2 --ignore-daemonsets",)),
)  # fmt: skip


WRITES: dict[str, Writing] = {
    "drain": Writing(drain, ("force", "ignoreDaemonsets", "deleteEmptydirData", "timeout", "gracePeriod", "podSelector", *SELECTION)),
}
