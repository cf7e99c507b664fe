"""A Scenario made from the pods and Events of a real cluster: what was observed, each line with how it is known. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from statistics import median_low
from typing import Any, NamedTuple

from simulator.calibrate import surroundings
from simulator.calibrate.calibrated import Calibrated, calibrated
from simulator.calibrate.observed import Seen, last_time, seen, workload_of
from simulator.container.program import Sandbox
from simulator.engine.durations import Fixed
from simulator.objects.base import JSON
from simulator.objects.event import Event
from simulator.objects.kinds import Object
from simulator.objects.node import Node
from simulator.objects.pod import Pod
from simulator.scenario import write
from simulator.scenario.explain import node_data
from simulator.scenario.layout import Comments, Layout
from simulator.units import MILLISECOND, MINUTE, SECOND, format_time, parse_time, short_duration


class Observation(NamedTuple):
    """The objects of a cluster, by what they tell. `others` may own pods; of the rest nothing can be learned."""

    pods: Sequence[Pod]
    events: Sequence[Event]
    nodes: Sequence[Node] = ()
    others: Sequence[Object] = ()


def observation(objects: Sequence[Object]) -> Observation:
    """Sort objects; of several states of one object the last counts."""
    latest = {item.metadata.uid or f"{item.kind}/{item.metadata.namespace}/{item.metadata.name}": item for item in objects}
    items = list(latest.values())
    return Observation(
        [item for item in items if isinstance(item, Pod)],
        [item for item in items if isinstance(item, Event)],
        [item for item in items if isinstance(item, Node)],
        [item for item in items if not isinstance(item, Pod | Event | Node)],
    )


def inferred(observed: Observation, manifests: Sequence[str] = ()) -> str:
    """The Scenario as YAML; `manifests` are written into it as they are given."""
    spec, comments, unknown = scenario_data(observed)
    if manifests:
        spec = {"manifests": list(manifests), **spec}
    head = ["# Observed: " + _counted(observed)]
    head += [] if manifests else ["# Play it with the manifests that made these pods: podsim run THIS.yaml app.yaml"]
    head += [f"# Not known: {line}" for line in unknown]
    document = {"apiVersion": "podsim/v1", "kind": "Scenario", "spec": spec}
    return "".join(f"{line}\n" for line in (*head, *Layout(comments).lines(document)))


def scenario_data(observed: Observation) -> tuple[JSON, Comments, list[str]]:
    """The spec of the Scenario, why each line of it is there, and what could not be learned."""
    comments: Comments = {}
    begin, end = _span(observed)
    release, why = surroundings.release(observed.nodes, observed.events)
    nodes, whence = surroundings.nodes(observed.pods, observed.nodes)
    sandbox, how = surroundings.sandbox(observed.pods, observed.events)
    spec: JSON = {
        "kubernetes": release,
        "startTime": format_time(begin),
        "duration": short_duration((end - begin) // SECOND * SECOND + MINUTE),
        **_namespace(observed.pods),
        "cluster": {"nodes": [node_data(node) for node in nodes], "sandbox": write.sandbox(sandbox)},
        "images": {},
        "programs": [],
    }
    comments["spec", "kubernetes"] = why
    comments["spec", "startTime"] = "when the first of these objects was made"
    comments["spec", "cluster", "nodes"] = whence
    comments["spec", "cluster", "sandbox"] = how
    for name, (image, known) in surroundings.images(observed.events).items():
        spec["images"][name] = write.image(image)
        comments["spec", "images", name] = known
    _slow_sandboxes(observed, sandbox, spec["programs"], comments)
    unknown = _programs(seen(observed.pods, observed.events, observed.others), spec["programs"], comments)
    return spec, comments, unknown


def _slow_sandboxes(observed: Observation, usual: Sandbox, programs: list[Any], comments: Comments) -> None:
    """Add what holds for workloads whose sandboxes took another time than most."""
    owners = {item.metadata.uid: item for item in observed.others}
    times: dict[str, list[int]] = {}
    for pod in observed.pods:
        time = surroundings.sandbox_time(pod, observed.events)
        if time is not None:
            times.setdefault(workload_of(pod, owners), []).append(time)
    for workload, found in times.items():
        takes = median_low(found)
        if abs(takes - usual.create.median()) > 2 * surroundings.RESOLUTION:
            comments["spec", "programs", len(programs)] = f"the time of its sandboxes, to a second, seen in {len(found)} pods"
            create = Fixed(takes // MILLISECOND * MILLISECOND)
            programs.append({"match": _match(workload), "sandbox": write.sandbox(usual._replace(create=create))})


def _match(workload: str) -> JSON:
    """The pods of a workload. A Job's owner may be a CronJob that is not at hand, and then gives it its name."""
    kind, _, name = workload.partition("/")
    return {"pod": f"{name}-*"} if kind in ("job", "cronjob") else {"workload": workload}


def _programs(containers: Sequence[Seen], programs: list[Any], comments: Comments) -> list[str]:
    """Add a program for each container of each workload; what is returned has none: it never started."""
    groups: dict[tuple[str, str, str], list[Seen]] = {}
    for item in containers:
        groups.setdefault((item.pod.metadata.namespace, item.workload, item.container.name), []).append(item)
    everywhere = len({namespace for namespace, _, _ in groups}) > 1
    unknown: list[str] = []
    single: list[tuple[JSON, str]] = []
    common: list[tuple[JSON, str]] = []
    for (namespace, workload, name), group in groups.items():
        found = calibrated(group)
        if not found:
            waits = group[0].waiting or group[0].pod.status.phase
            unknown.append(f"{workload} {name} never started" + (f" ({waits})" if waits else ""))
        for one in found:
            (single if one.pod else common).append((_rule(namespace if everywhere else "", workload, name, one), one.reason))
    # The first match wins: what is about one pod comes before what is about all.
    for rule, reason in (*single, *common):
        comments["spec", "programs", len(programs)] = reason
        programs.append(rule)
    return unknown


def _rule(namespace: str, workload: str, name: str, found: Calibrated) -> JSON:
    match = {"pod": found.pod} if found.pod else _match(workload)
    where = {"namespace": namespace} if namespace else {}
    return {"match": {**match, "container": name, **where}, "runs": [write.run(run) for run in found.runs]}


def _span(observed: Observation) -> tuple[int, int]:
    """From when the first object was made until the last thing that is known."""
    made = [item.metadata.creation_timestamp for item in (*observed.pods, *observed.others) if item.metadata.creation_timestamp]
    begin = min((parse_time(time) for time in made), default=0)
    changes = [c.last_transition_time for pod in observed.pods for c in pod.status.conditions if c.last_transition_time]
    times = [parse_time(time) for time in changes] + [t for event in observed.events if (t := last_time(event)) is not None]
    return begin, max(times, default=begin)


def _namespace(pods: Sequence[Pod]) -> JSON:
    names = {pod.metadata.namespace or "default" for pod in pods}
    return {"namespace": names.pop()} if len(names) == 1 and "default" not in names else {}


def _counted(observed: Observation) -> str:
    counts = ((len(observed.pods), "pod"), (len(observed.events), "event"), (len(observed.nodes), "node"))
    return ", ".join(f"{count} {word}{'s' if count != 1 else ''}" for count, word in counts if count)
