"""Write docs/controllers.md: which parts of the control plane are modelled, which are not, and how well it agrees with recorded real ones.

usage: python -m tests.cluster.controllers_page
"""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path
from typing import NamedTuple

from tests.cluster.recordings import FRESH, RECORDED, SEEDS, UNEXPLAINED, Outcome, outcomes

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
        "RollingUpdate with both roundings, Recreate, pause and resume, scaling during a rollout, minReadySeconds, progress deadline, "
        "revisions and their history, hash collisions, terminatingReplicas",
        "the old `rollbackTo` field",
        ("deployment", "rolling", "recreate", "pause", "rollout", "scale", "minready", "image", "edit", "await"),
    ),
    Part(
        "ReplicaSet, ReplicationController",
        "slow start, adoption and release, which pod is deleted first, FailedCreate with its doubling back-off, ReplicaFailure",
        "expectations and stale caches: every sync sees the current state",
        ("delete", "quota", "limitrange"),
    ),
    Part(
        "StatefulSet",
        "ordered and parallel, rolling update and partition, OnDelete, ordinals, claims and their retention, a stuck pod that blocks",
        "maxUnavailable (behind a gate, off by default)",
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
        "gang scheduling; a Job with another `managedBy` is left alone",
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
        "ready, serving and terminating; publishNotReadyAddresses; named ports; slices of at most 100, refilled and reused; "
        "Endpoints cut off at 1,000 addresses; at most 20 writes a second and 30 at once, so that "
        "changes of a big Service are written together",
        "the same limit for other controllers (their writes take no time), "
        "IPv6, topology hints, mirroring of manual Endpoints, the second that a stale cache costs",
        ("svc",),
    ),
    Part(
        "kube-proxy, DNS",
        "programming every node after a delay and at most once a second, refusal without endpoints, terminating endpoints as a last "
        "resort, node ports, headless Services, pod host names, ExternalName, DNS outages; a Service is ready when a node's proxy has "
        "programmed its first ready endpoint (metrics `service-reachable`, `proxy-lag`)",
        "session affinity, external traffic policy, load balancers, DNS caches",
        ("svc",),
    ),
    Part(
        "Scheduler",
        "filters with the exact reasons (resources, taints, affinity, ports, spread, volumes, gates), the message of every release, "
        "scores, queue with back-off and queueing hints, preemption with budgets and nominated nodes",
        "extenders, dynamic resources, image locality, volume limits and zones, pod groups",
        ("sched",),
    ),
    Part(
        "Nodes",
        "leases and heartbeats (written only when they stop or resume), Unknown after the grace period, taints, timed eviction "
        "(none while no node is ready), pods of deleted nodes, cordons; "
        "capacity and reservations of machine types; kubelets that refuse pods (OutOfcpu, NodeAffinity, taints that evict)",
        "zones and their eviction rates, cloud nodes, critical pods that evict others",
        ("node",),
    ),
    Part(
        "Garbage collector, namespaces",
        "background, foreground and orphaning deletion, dangling references, deletion of namespaces, service accounts, root certificate",
        "resources of unknown APIs",
        ("delete",),
    ),
    Part(
        "Quotas, budgets",
        "usage by admission and by recount, scopes; disruption budgets, evictions and drains",
        "quotas for kinds that are not modelled count by `count/`",
        ("quota", "sched"),
    ),
    Part(
        "Volumes",
        "claims and volumes by class, size, access, labels and name; immediate provisioning by any class that can; late binding; "
        "reclaiming; protection while in use; ReadWriteOncePod; attach and detach of CSI volumes with VolumeAttachments, Multi-Attach "
        "errors, and detaching by force after 6 minutes or with the taint out-of-service",
        "expansion, snapshots, how long provisioning, attaching and detaching take, limits of volumes per node",
        ("pvc",),
    ),
    Part("CustomResourceDefinition", "names accepted and established at once", "conflicts of names, schemas of custom objects", ()),
    Part(
        "HorizontalPodAutoscaler, metrics-server",
        "resources of pods and containers, and with values from the Scenario Pods, Object and External metrics; tolerance, stabilization, "
        "policies, pods without metrics and pods that are not ready yet, several metrics, limits, two autoscalers of one workload",
        "flags of the controller other than its defaults, scale subresources of custom resources, minReplicas 0 (behind a gate)",
        ("hpa",),
    ),
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
        "Which parts are modelled, which are not, and how well they agree with recordings of a real control plane (Kubernetes 1.36,",
        "three nodes).",
        "Generated by `python -m tests.cluster.controllers_page`; do not edit.",
        "",
        f"**{good} of {len(results)} recordings agree** in every event, count, condition and endpoint, within the tolerances of the",
        f"tool that compares them. A recording agrees when one of {SEEDS} seeds agrees with it, because a real cluster is random too.",
        "",
        "The control plane itself takes no time: the consequences of a write at t happen at t, unless a rule of Kubernetes delays them.",
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
    """Run all recordings and write the page."""
    results = [*outcomes(RECORDED).values(), *outcomes(FRESH).values()]
    PAGE.write_text(page(results), encoding="utf-8")


if __name__ == "__main__":
    main()
