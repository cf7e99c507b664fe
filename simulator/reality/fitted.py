"""The inputs of the simulated side: the user's manifests and Scenario, and what `infer` sees for all that the Scenario leaves open."""

from __future__ import annotations

from collections.abc import Sequence
from statistics import median
from typing import Any, NamedTuple

import msgspec

from simulator.calibrate.infer import Observation, scenario_data
from simulator.objects.base import JSON
from simulator.objects.globs import glob_matches
from simulator.scenario.inputs import Inputs
from simulator.units import SECOND, format_time, parse_duration, parse_time, short_duration
from simulator.whatif.base import Base

CLOSE = 3 * SECOND
"""A time of one pod that is at least this far from the median of three or more is not what a program usually needs."""
FAR = 3
"""... and this many times as far as most."""
AFTER = 10 * SECOND
PART = 10
"""How long a run continues after the last thing seen, to know what is about to happen, besides a tenth of its length."""


class Fitted(NamedTuple):
    """The document of the Scenario that is run, and what of it was fitted to the cluster, in words."""

    base: Base
    fitted: tuple[str, ...]


def fit(base: Base, observed: Observation, begin: int, end: int) -> Fitted:
    """Complete the Scenario with what the cluster shows. What the Scenario states stays: that is what the cluster is held against."""
    seen, _, _ = scenario_data(_of_manifests(base, observed))
    document = dict(base.document)
    spec: JSON = dict(document.get("spec") or {})
    fitted = []
    for name in ("kubernetes", "namespace"):
        if name in seen and name not in spec:
            spec[name] = seen[name]
            fitted.append(f"{name} {seen[name]}")
    seen_cluster, cluster = seen["cluster"], dict(spec.get("cluster") or {})
    for name in ("nodes", "sandbox"):
        if name not in cluster:
            cluster[name] = seen_cluster[name]
    spec["cluster"] = cluster
    images = {name: image for name, image in seen["images"].items() if not _stated(name, spec.get("images") or {})}
    spec["images"] = {**(spec.get("images") or {}), **images}
    programs = typical(seen["programs"])
    spec["programs"] = [*(spec.get("programs") or []), *programs]
    if images:
        fitted.append(f"image{'s' if len(images) > 1 else ''} {', '.join(images)}")
    if programs:
        fitted.append("programs that the Scenario does not state" if base.inputs.scenario.programs else "programs")
    start = begin + (base.inputs.scenario.before.since if base.inputs.before.manifests else 0)
    spec["startTime"] = format_time(start)
    length = max(end - start, 0)
    spec["duration"] = short_duration((length + length // PART) // SECOND * SECOND + AFTER)
    document["spec"] = spec
    return Fitted(base._replace(document=document), tuple(fitted))


def _stated(image: str, stated: JSON) -> bool:
    return any(glob_matches(pattern, image) for pattern in stated)


def _of_manifests(base: Base, observed: Observation) -> Observation:
    """Without the pods of other workloads: the manifests do not run them, and their programs mean nothing here."""
    namespaces = {pod.metadata.namespace for pod in observed.pods}
    if len(namespaces) < 2:
        return observed
    named = {manifest.object.metadata.namespace for _, _, manifest in base.manifests()} | {base.inputs.scenario.namespace}
    pods = [pod for pod in observed.pods if pod.metadata.namespace in named]
    return observed._replace(pods=pods or observed.pods)


def typical(value: Any) -> Any:
    """Programs without the times of outliers: a choice among observed times keeps those that most pods share."""
    if isinstance(value, dict):
        if set(value) == {"choice"}:
            return _without_outliers(value["choice"])
        return {name: typical(inner) for name, inner in value.items()}
    return [typical(inner) for inner in value] if isinstance(value, list) else value


def _without_outliers(texts: Sequence[Any]) -> Any:
    """Of two times, the shorter one is usual if the longer one is far from it."""
    times = sorted(parse_duration(text) for text in texts)
    middle = times[0] if len(times) == 2 else median(times)
    usual = 0 if len(times) == 2 else median(abs(time - middle) for time in times)
    near = [time for time in times if abs(time - middle) < max(CLOSE, FAR * usual)]
    if len(near) == len(times):
        return {"choice": list(texts)}
    return short_duration(near[0]) if len(set(near)) == 1 else {"choice": [short_duration(time) for time in near]}


def seeded(fitted: Fitted, number: int, runs: int) -> Inputs:
    """The inputs of one of several runs.

    Each has a seed, a part of a second at which it starts, and a moment at which kubelets relist: what timestamps do not show.
    """
    inputs = fitted.base.arm()
    scenario = inputs.scenario
    fraction = SECOND * number // runs
    phase = SECOND * (number * 5 % runs) // runs
    kubelet = msgspec.structs.replace(scenario.kubelet, relist_phase=(scenario.kubelet.relist_phase + phase) % SECOND)
    start = format_fraction(parse_time(scenario.start_time) + fraction)
    nodes = tuple(
        node if node.relist_phase is None else node._replace(relist_phase=(node.relist_phase + phase) % SECOND) for node in scenario.nodes
    )
    return inputs._replace(scenario=scenario._replace(seed=scenario.seed + number, start_time=start, kubelet=kubelet, nodes=nodes))


def format_fraction(epoch: int) -> str:
    """A time with milliseconds."""
    return f"{format_time(epoch).removesuffix('Z')}.{epoch % SECOND // 1_000_000:03d}Z"
