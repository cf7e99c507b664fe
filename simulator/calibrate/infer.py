"""A Scenario from the pods and Events of a real cluster, with the evidence for each line. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from statistics import median_low
from typing import Any, NamedTuple

from simulator.calibrate import cluster_settings
from simulator.calibrate.container_history import ContainerHistory, histories, last_time, workload_of
from simulator.calibrate.container_program import ProgramEstimate, estimates
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
    """The objects of a cluster. `others` may own pods; apart from that they show nothing."""

    pods: Sequence[Pod]
    events: Sequence[Event]
    nodes: Sequence[Node] = ()
    others: Sequence[Object] = ()


def observation(objects: Sequence[Object]) -> Observation:
    """Objects by kind; of several states of one object, the last one counts."""
    latest = {item.metadata.uid or f"{item.kind}/{item.metadata.namespace}/{item.metadata.name}": item for item in objects}
    items = list(latest.values())
    return Observation(
        [item for item in items if isinstance(item, Pod)],
        [item for item in items if isinstance(item, Event)],
        [item for item in items if isinstance(item, Node)],
        [item for item in items if not isinstance(item, Pod | Event | Node)],
    )


def infer_scenario(observed: Observation, manifests: Sequence[str] = ()) -> str:
    """The Scenario as YAML; `manifests` are the paths that it names."""
    spec, comments, unknown = scenario_data(observed)
    if manifests:
        spec = {"manifests": list(manifests), **spec}
    head = ["# Observed: " + _counted(observed)]
    head += [] if manifests else ["# Run it with the manifests of these pods: podsim run THIS.yaml app.yaml"]
    head += [f"# Unknown: {text}" for text in unknown]
    document = {"apiVersion": "podsim/v1", "kind": "Scenario", "spec": spec}
    return "".join(f"{line}\n" for line in (*head, *Layout(comments).lines(document)))


def scenario_data(observed: Observation) -> tuple[JSON, Comments, list[str]]:
    """The spec of the Scenario, the evidence for its lines, and what is unknown."""
    comments: Comments = {}
    begin, end = _span(observed)
    release, release_evidence = cluster_settings.release(observed.nodes, observed.events)
    nodes, node_evidence = cluster_settings.nodes(observed.pods, observed.nodes)
    sandbox, sandbox_evidence = cluster_settings.sandbox(observed.pods, observed.events)
    spec: JSON = {
        "kubernetes": release,
        "startTime": format_time(begin),
        "duration": short_duration((end - begin) // SECOND * SECOND + MINUTE),
        **_namespace(observed.pods),
        "cluster": {"nodes": [node_data(node) for node in nodes], "sandbox": write.sandbox(sandbox)},
        "images": {},
        "programs": [],
    }
    comments["spec", "kubernetes"] = release_evidence
    comments["spec", "startTime"] = "when the first of these objects was created"
    comments["spec", "cluster", "nodes"] = node_evidence
    comments["spec", "cluster", "sandbox"] = sandbox_evidence
    for name, (image, evidence) in cluster_settings.images(observed.events).items():
        spec["images"][name] = write.image(image)
        comments["spec", "images", name] = evidence
    _slow_sandboxes(observed, sandbox, spec["programs"], comments)
    unknown = _programs(histories(observed.pods, observed.events, observed.others), spec["programs"], comments)
    return spec, comments, unknown


def _slow_sandboxes(observed: Observation, usual: Sandbox, programs: list[Any], comments: Comments) -> None:
    """Add a program for each workload whose sandboxes took longer or shorter than most."""
    owners = {item.metadata.uid: item for item in observed.others}
    times: dict[str, list[int]] = {}
    for pod in observed.pods:
        time = cluster_settings.sandbox_time(pod, observed.events)
        if time is not None:
            times.setdefault(workload_of(pod, owners), []).append(time)
    for workload, own_times in times.items():
        typical = median_low(own_times)
        if abs(typical - usual.create.median()) > 2 * cluster_settings.RESOLUTION:
            comments["spec", "programs", len(programs)] = f"time to create its sandboxes, to a second, seen in {len(own_times)} pods"
            create = Fixed(typical // MILLISECOND * MILLISECOND)
            programs.append({"match": _match(workload), "sandbox": write.sandbox(usual._replace(create=create))})


def _match(workload: str) -> JSON:
    """What matches the pods of a workload. The CronJob of a Job may be missing from the objects: their pods match by name."""
    kind, _, name = workload.partition("/")
    return {"pod": f"{name}-*"} if kind in ("job", "cronjob") else {"workload": workload}


def _programs(containers: Sequence[ContainerHistory], programs: list[Any], comments: Comments) -> list[str]:
    """Add a program for each container of each workload; returns those that have none because they never started."""
    groups: dict[tuple[str, str, str], list[ContainerHistory]] = {}
    for item in containers:
        groups.setdefault((item.pod.metadata.namespace, item.workload, item.container.name), []).append(item)
    has_namespaces = len({namespace for namespace, _, _ in groups}) > 1
    unknown: list[str] = []
    of_one_pod: list[tuple[JSON, str]] = []
    of_all_pods: list[tuple[JSON, str]] = []
    for (namespace, workload, name), group in groups.items():
        programs_of_group = estimates(group)
        if not programs_of_group:
            state = group[0].waiting_reason or group[0].pod.status.phase
            unknown.append(f"{workload} {name} never started" + (f" ({state})" if state else ""))
        for program in programs_of_group:
            rules = of_one_pod if program.pod else of_all_pods
            rules.append((_rule(namespace if has_namespaces else "", workload, name, program), program.reason))
    # The first rule that matches wins: rules about one pod come before those about all of them.
    for rule, reason in (*of_one_pod, *of_all_pods):
        comments["spec", "programs", len(programs)] = reason
        programs.append(rule)
    return unknown


def _rule(namespace: str, workload: str, name: str, program: ProgramEstimate) -> JSON:
    match = {"pod": program.pod} if program.pod else _match(workload)
    match["container"] = name
    if namespace:
        match["namespace"] = namespace
    return {"match": match, "runs": [write.run(run) for run in program.runs]}


def _span(observed: Observation) -> tuple[int, int]:
    """From the creation of the first object to the last known change."""
    created = [item.metadata.creation_timestamp for item in (*observed.pods, *observed.others) if item.metadata.creation_timestamp]
    begin = min((parse_time(time) for time in created), default=0)
    changes = [c.last_transition_time for pod in observed.pods for c in pod.status.conditions if c.last_transition_time]
    times = [parse_time(time) for time in changes] + [t for event in observed.events if (t := last_time(event)) is not None]
    return begin, max(times, default=begin)


def _namespace(pods: Sequence[Pod]) -> JSON:
    names = {pod.metadata.namespace or "default" for pod in pods}
    return {"namespace": names.pop()} if len(names) == 1 and "default" not in names else {}


def _counted(observed: Observation) -> str:
    counts = ((len(observed.pods), "pod"), (len(observed.events), "event"), (len(observed.nodes), "node"))
    return ", ".join(f"{count} {word}{'s' if count != 1 else ''}" for count, word in counts if count)
