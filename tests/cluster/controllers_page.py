"""Write docs/controllers.md: what of the control plane is modelled, what is not, and how far it agrees with recorded real ones.

usage: python -m tests.cluster.controllers_page
"""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path
from typing import NamedTuple

from tests.cluster.recordings import SEEDS, UNEXPLAINED, Outcome, outcomes

PAGE = Path(__file__).parents[2] / "docs" / "controllers.md"


class Part(NamedTuple):
    """A component: its name, what is modelled and what is not, and the families of recordings that show it."""

    name: str
    modelled: str
    missing: str
    families: tuple[str, ...]


PARTS = (
    Part(
        "Deployment",
        "RollingUpdate with both roundings, Recreate, pause and resume, scaling during a roll-out, minReadySeconds, progress deadline, "
        "revisions and their history, hash collisions, terminatingReplicas",
        "the old `rollbackTo` field",
        ("deployment", "rolling", "recreate", "pause", "rollout", "scale", "minready", "image", "edit", "await"),
    ),
    Part(
        "ReplicaSet, ReplicationController",
        "slow start, adoption and release, which pod goes first, FailedCreate with its doubling back-off, ReplicaFailure",
        "expectations and stale caches: every sync sees the present",
        ("delete", "quota", "limitrange"),
    ),
    Part(
        "StatefulSet",
        "ordered and parallel, rolling update and partition, OnDelete, ordinals, claims and their retention, a stuck pod that blocks",
        "maxUnavailable (gate, off by default)",
        ("sts",),
    ),
    Part(
        "DaemonSet",
        "placement by selector, affinity and taints, rolling update with maxUnavailable or maxSurge, OnDelete, failed pods",
        "collisions of revision names",
        ("daemonset",),
    ),
    Part(
        "Job",
        "completions, parallelism, Indexed, back-off limits (of the Job and per index), failure and success policies, deadline, suspend, "
        "replacement policy, counting with finalizers, time to live",
        "`managedBy` of others is left alone, gang scheduling",
        ("job",),
    ),
    Part(
        "CronJob",
        "five-field schedules, names, steps, @hourly and @every, time zones, the three concurrency policies, starting deadline, history",
        "`TZ=` inside the schedule",
        ("cronjob",),
    ),
    Part(
        "EndpointSlice, Endpoints",
        "ready, serving and terminating; publishNotReadyAddresses; named ports; slices of at most 100 that are filled and used again",
        "IPv6, topology hints, mirroring of hand-made Endpoints, the second that a stale cache costs, Endpoints cut off at 1,000 addresses",
        ("svc",),
    ),
    Part(
        "kube-proxy, DNS",
        "programming on every node after a delay and at most once a second, refusal without endpoints, terminating endpoints as a last "
        "resort, node ports, headless Services, pod host names, ExternalName, DNS that is down; a Service is ready when a node's proxy has "
        "programmed its first ready endpoint (metrics `service-reachable`, `proxy-lag`)",
        "session affinity, external traffic policy, load balancers, DNS caches",
        ("svc",),
    ),
    Part(
        "Scheduler",
        "filters with the exact reasons (resources, taints, affinity, ports, spread, volumes, gates), the sentence of every release, "
        "scores, queue with back-off, woken by what each filter asks for, preemption with budgets and promised room",
        "extenders, dynamic resources, image locality, volume limits and zones, pod groups",
        ("sched",),
    ),
    Part(
        "Nodes",
        "leases and heartbeats (written only when they end or begin again), Unknown after the grace period, taints, eviction in time "
        "(of nobody while no node is ready), pods of nodes that are gone for good, cordons; "
        "what a make of machine has and keeps for itself; kubelets that refuse pods (OutOfcpu, NodeAffinity, taints that evict)",
        "zones and their eviction rates, cloud nodes, critical pods that evict others",
        ("node",),
    ),
    Part(
        "Garbage collector, namespaces",
        "background, foreground and orphaning deletion, dangling references, the end of a namespace, service accounts, root certificate",
        "resources of unknown APIs",
        ("delete",),
    ),
    Part(
        "Quotas, budgets",
        "usage by admission and by recount, scopes; disruption budgets, evictions and drains",
        "quotas of other kinds than the modelled ones are counted by `count/`",
        ("quota", "sched"),
    ),
    Part(
        "Volumes",
        "claims and volumes by class, size, access and labels; provisioning at once by any class that can; late binding; reclaiming",
        "attach and detach, expansion, snapshots, how long a provisioner takes",
        ("pvc",),
    ),
    Part("CustomResourceDefinition", "names accepted and established at once", "conflicts of names, schemas of custom objects", ()),
    Part("HorizontalPodAutoscaler", "nothing: kept, and named as not simulated", "everything", ()),
)


def page(results: list[Outcome]) -> str:
    """The text of the page."""
    good = sum(item.seed is not None for item in results)
    families: dict[str, list[Outcome]] = defaultdict(list)
    for item in results:
        families[item.family].append(item)
    lines = [
        "# The control plane",
        "",
        "What is modelled, what is not, and how far it agrees with a recorded real control plane (Kubernetes 1.36, three nodes).",
        "Made by `python -m tests.cluster.controllers_page`; do not edit.",
        "",
        f"**{good} of {len(results)} recordings agree** in every event, count, condition and endpoint, within the tolerances of the",
        f"tool that compares them. A recording agrees when one of {SEEDS} seeds agrees with it, as a real cluster flips coins too.",
        "",
        "The control plane takes no time of its own: what follows from a write at t happens at t, unless a rule of Kubernetes says when.",
        "",
        "| part | modelled | not modelled | recordings |",
        "|---|---|---|---:|",
    ]
    for part in PARTS:
        shown = [item for family in part.families for item in families[family]]
        count = f"{sum(item.seed is not None for item in shown)}/{len(shown)}" if shown else "none"
        lines.append(f"| {part.name} | {part.modelled} | {part.missing} | {count} |")
    lines += ["", "## By family", "", "| family | agree | about |", "|---|---:|---|"]
    for family, items in sorted(families.items()):
        about = "; ".join(dict.fromkeys(item.about.partition(" [")[0] for item in items))
        lines.append(f"| {family} | {sum(item.seed is not None for item in items)}/{len(items)} | {about} |")
    lines += ["", "## What does not agree", ""]
    lines += [f"- `{name}`: {reason}." for name, reason in UNEXPLAINED.items()]
    return "\n".join(lines) + "\n"


def main() -> None:
    """Play all recordings and write the page."""
    PAGE.write_text(page(list(outcomes().values())), encoding="utf-8")


if __name__ == "__main__":
    main()
