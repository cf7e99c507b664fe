"""Runtime classes: the overhead of a sandbox, and the nodes on which it can run (plug-in RuntimeClass)."""

from __future__ import annotations

import msgspec

from simulator.api.admission_refusal import forbidden
from simulator.journal.reads import Reads
from simulator.manifest.quantities import canonical, parse
from simulator.objects.affinity import Toleration
from simulator.objects.base import JSON, evolve
from simulator.objects.kinds import Key, Unstructured
from simulator.objects.pod import Pod


def runtime_class(pod: Pod, reads: Reads) -> Pod:
    """The pod with its class's overhead, node selector and tolerations. Raises ApiError (Forbidden)."""
    name = pod.spec.runtime_class_name
    if not name:
        return pod
    chosen = reads.get(Key("RuntimeClass", "", name))
    if not isinstance(chosen, Unstructured):
        raise forbidden(pod, f'pod rejected: RuntimeClass "{name}" not found')
    overhead, scheduling = chosen.content.get("overhead"), chosen.content.get("scheduling")
    if overhead is not None:
        pod = _with_overhead(pod, {key: canonical(str(text)) for key, text in (overhead.get("podFixed") or {}).items()})
    return pod if scheduling is None else _placed(pod, scheduling)


def check_overhead(pod: Pod, reads: Reads) -> None:
    """Refuse an overhead that the pod's runtime class does not define. Raises ApiError (Forbidden)."""
    chosen = reads.get(Key("RuntimeClass", "", pod.spec.runtime_class_name))
    known = isinstance(chosen, Unstructured) and chosen.content.get("overhead") is not None
    if pod.spec.overhead and not known:
        raise forbidden(pod, "pod rejected: Pod Overhead set without corresponding RuntimeClass defined Overhead")


def _with_overhead(pod: Pod, overhead: dict[str, str]) -> Pod:
    own = {key: parse(text)[0] for key, text in pod.spec.overhead.items()}
    if own and own != {key: parse(text)[0] for key, text in overhead.items()}:
        raise forbidden(pod, "pod rejected: Pod's Overhead doesn't match RuntimeClass's defined Overhead")
    return evolve(pod, spec=evolve(pod.spec, overhead=overhead))


def _placed(pod: Pod, scheduling: JSON) -> Pod:
    selector: dict[str, str] = scheduling.get("nodeSelector") or {}
    for key, value in sorted(selector.items()):
        own = pod.spec.node_selector.get(key, value)
        if own != value:
            where = f"runtimeClass.scheduling.nodeSelector[{key}] = {value}; pod.spec.nodeSelector[{key}] = {own}"
            raise forbidden(pod, f"conflict: {where}")
    added = msgspec.convert(scheduling.get("tolerations") or [], list[Toleration])
    both = [*pod.spec.tolerations, *(item for item in added if item not in pod.spec.tolerations)]
    kept = [item for item in both if not any(other is not item and _covers(other, item) for other in both)]
    return evolve(pod, spec=evolve(pod.spec, node_selector={**pod.spec.node_selector, **selector}, tolerations=kept))


def _covers(wide: Toleration, narrow: Toleration) -> bool:
    """Whether `wide` tolerates every taint that `narrow` does."""
    everything = not wide.key and wide.operator == "Exists"
    if (wide.key != narrow.key and not everything) or wide.effect not in (narrow.effect, ""):
        return False
    limit, seconds = wide.toleration_seconds, narrow.toleration_seconds
    if wide.effect == "NoExecute" and limit is not None and (seconds is None or seconds > limit):
        return False
    return wide.operator == "Exists" or (narrow.operator == "Equal" and wide.value == narrow.value)
