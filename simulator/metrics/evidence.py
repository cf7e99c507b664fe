"""How well founded the outcome of each workload is: what the Scenario states, what podsim knows, and what it had to assume.

`stated`: the Scenario describes every container that ran. `known`: the rest is in the catalogue of images, whose sizes and start-up times
are what is usual, or a command line that was interpreted in full. `assumed`: an assumption of the run is about its containers, images,
namespace or claims, or about a workload behind a Service that its containers waited for. Subjects of assumptions have no namespace, so an
assumption counts for workloads of that kind and name in every namespace.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Literal, NamedTuple

from simulator.metrics.selection import Selection
from simulator.metrics.story import ROLLED, PodStory, ServiceStory, Story, WorkloadStory
from simulator.objects.base import JSON
from simulator.objects.batch import Job
from simulator.objects.conditions import has_condition
from simulator.objects.container import Container
from simulator.objects.kinds import Key
from simulator.objects.pod_facts import has_succeeded, is_ready
from simulator.objects.readiness import is_rolled_out
from simulator.objects.storage import PersistentVolumeClaim

Level = Literal["stated", "known", "assumed"]
KNOWN, STARTUP, PULL, CONFIGURATION = "known", "startup", "pull", "configuration"
"""Kinds of assumptions in a journal's header: what an image does, with the catalogue's times, which is none at all; what else a program
does and how long it starts; how long a pull takes; that a program works with configuration that podsim does not read.
"""
RESTS_ON = {
    frozenset({STARTUP}): "assumed start-up times",
    frozenset({PULL}): "assumed pull times",
    frozenset({CONFIGURATION}): "configuration that podsim does not read",
}
TIMES = frozenset({STARTUP, PULL})


class Evidence(NamedTuple):
    """The evidence for one workload. `ready`: ready or done at that time; `assumptions`: those of the journal's header it rests on."""

    workload: Key
    ready: bool
    level: Level
    assumptions: tuple[dict[str, str], ...]


def evidence(story: Story) -> list[Evidence]:
    """The evidence for each workload that exists at the snapshot's time, by key."""
    real = [item for item in story.snapshot.header.assumptions if item.get("kind") != KNOWN]
    own = {workload.key: _own(story, workload, real) for workload in story.workloads}
    behind = {workload.key: _waited_for(story, workload) for workload in story.workloads}
    result = []
    for workload in story.workloads:
        if story.snapshot.get(workload.key) is None:
            continue
        numbers = sorted({number for key in _reachable(workload.key, behind) for number in own.get(key, ())})
        level: Level = "assumed" if numbers else "stated" if _is_stated(workload) else "known"
        result.append(Evidence(workload.key, _is_up_or_done(story, workload), level, tuple(real[number] for number in numbers)))
    return result


def rests_on(story: Story, chosen: Selection, evidences: Iterable[Evidence]) -> tuple[dict[str, str], ...]:
    """The assumptions behind the workloads of a selection, each once."""
    keys = {workload.key for workload in chosen.workloads(story)}
    return distinct(one for one in evidences if one.workload in keys)


def distinct(evidences: Iterable[Evidence]) -> tuple[dict[str, str], ...]:
    """The assumptions of several workloads, each once, in the order of the workloads."""
    assumptions: list[dict[str, str]] = []
    for one in evidences:
        assumptions += [item for item in one.assumptions if item not in assumptions]
    return tuple(assumptions)


def summary(evidences: list[Evidence]) -> str:
    """`12 of 14 ready; 5 of them rest on assumed start-up times`; empty without workloads."""
    if not evidences:
        return ""
    ready = [one for one in evidences if one.ready]
    resting = [one for one in ready if one.level == "assumed"]
    word = "ready or done" if any(one.workload.kind in ("Job", "CronJob") for one in evidences) else "ready"
    count = f"{len(ready)} of {len(evidences)} {word}"
    if not resting:
        least = "more than the catalogue of images and its times" if any(one.level == KNOWN for one in ready) else "an assumption"
        return f"{count}; none of them rests on {least}" if ready else count
    kinds = frozenset(item.get("kind", "") for item in distinct(resting))
    what = RESTS_ON.get(kinds, "assumed start-up and pull times" if kinds == TIMES else "assumptions")
    return f"{count}; {len(resting)} of them {'rests' if len(resting) == 1 else 'rest'} on {what}"


def as_json(evidences: Iterable[Evidence]) -> list[JSON]:
    """The same as plain values: an object for each workload."""
    return [
        {
            "kind": one.workload.kind,
            "namespace": one.workload.namespace,
            "name": one.workload.name,
            "ready": one.ready,
            "evidence": one.level,
            "assumptions": list(one.assumptions),
        }
        for one in evidences
    ]


def in_words(assumption: dict[str, str]) -> str:
    """An assumption in one line."""
    return f"{assumption['subject']}: {assumption['text']} ({assumption['reason']})"


def _own(story: Story, workload: WorkloadStory, assumptions: list[dict[str, str]]) -> tuple[int, ...]:
    """The positions of the assumptions about the containers of a workload, their images, its namespace and its claims."""
    containers = [container for pod in workload.pods for container in _containers(pod)]
    name = f"{workload.key.kind.lower()}/{workload.key.name}"
    subjects = {
        f"namespace {workload.key.namespace}",
        *(f"{name} {container.name}" for container in containers),
        *(f"image {container.image}" for container in containers),
        *(subject for claim in _bound_claims(story, workload) for subject in _storage(claim)),
    }
    return tuple(number for number, item in enumerate(assumptions) if item["subject"] in subjects)


def _containers(pod: PodStory) -> list[Container]:
    return [*pod.last.spec.init_containers, *pod.last.spec.containers]


def _bound_claims(story: Story, workload: WorkloadStory) -> list[PersistentVolumeClaim]:
    """The claims that the pods of a workload mount."""
    names = {
        Key("PersistentVolumeClaim", pod.key.namespace, volume.persistent_volume_claim.claim_name)
        for pod in workload.pods
        for volume in pod.last.spec.volumes
        if volume.persistent_volume_claim is not None
    }
    claims = (story.snapshot.get(key) for key in names)
    return [claim for claim in claims if isinstance(claim, PersistentVolumeClaim)]


def _storage(claim: PersistentVolumeClaim) -> tuple[str, str]:
    """What the assumptions about a claim's storage are about."""
    return f"storage class {claim.spec.storage_class_name or ''}", f"volume {claim.spec.volume_name}"


def _is_stated(workload: WorkloadStory) -> bool:
    """Whether containers ran, and the Scenario describes all of them."""
    kinds = {fact.data["origin"].get("kind") for pod in workload.pods for fact in pod.facts if fact.what == "container.program"}
    return kinds == {"scenario"}


def _is_up_or_done(story: Story, workload: WorkloadStory) -> bool:
    """Whether a workload is rolled out, complete, or has pods all of which are ready or have succeeded."""
    item = story.snapshot.get(workload.key)
    if isinstance(item, Job):
        return has_condition(item.status, "Complete")
    if workload.key.kind in ROLLED and item is not None:
        return is_rolled_out(item)
    pods = [pod.last for pod in workload.pods if story.snapshot.get(pod.key) is not None]
    return bool(pods) and all(is_ready(pod) or has_succeeded(pod) for pod in pods)


def _reachable(start: Key, behind: dict[Key, set[Key]]) -> set[Key]:
    """A workload and everything that it waited for, directly or not."""
    seen, pending = {start}, [start]
    while pending:
        for key in behind.get(pending.pop(), set()) - seen:
            seen.add(key)
            pending.append(key)
    return seen


def _waited_for(story: Story, workload: WorkloadStory) -> set[Key]:
    """The workloads behind the Services that the containers of a workload asked for."""
    hosts = {
        (fact.data["host"], pod.key.namespace)
        for pod in workload.pods
        for fact in pod.facts
        if fact.what == "container.waits" and fact.data.get("host")
    }
    services = [service for service in story.services if any(_names(service, host, namespace) for host, namespace in hosts)]
    return {pod.workload for service in services for pod in story.selected_by(service)}


def _names(service: ServiceStory, host: str, namespace: str) -> bool:
    """Whether a host is a Service's address or name, or that of a pod of it: `db`, `db.shop`, `db-0.db`, `db-0.db.shop.svc`."""
    if host == service.service.spec.cluster_ip:
        return True
    key, parts = service.key, host.split(".")
    own = (parts[0], parts[1] if len(parts) > 1 else namespace)
    of_pod = (parts[1], parts[2] if len(parts) > 2 else namespace) if len(parts) > 1 else own
    return (key.name, key.namespace) in (own, of_pod)
