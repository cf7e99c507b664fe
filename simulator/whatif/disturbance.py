"""What can happen to a workload while clients send requests to its Service: a rollout, a scale-down, the loss of a node."""

from __future__ import annotations

from collections.abc import Sequence

from simulator.errors import UsageError
from simulator.manifest.load import Manifest
from simulator.metrics import Story
from simulator.objects.apps import DaemonSet, Deployment, StatefulSet
from simulator.objects.service import Service
from simulator.scenario.spec import Action, NodeSpec
from simulator.units import MINUTE, SECOND

ROLLOUT, SCALE_DOWN, NODE_LOSS = "rollout", "scale-down", "node-loss"
DISTURBANCES = (ROLLOUT, SCALE_DOWN, NODE_LOSS)

USUAL, QUIET = 1 * MINUTE, 10 * SECOND

Workload = Deployment | StatefulSet | DaemonSet


def services_of(manifests: Sequence[Manifest]) -> list[Service]:
    """The Services with a selector, which can get requests."""
    return [one.object for one in manifests if isinstance(one.object, Service) and one.object.spec.selector]


def workloads_behind(service: Service, manifests: Sequence[Manifest]) -> list[Workload]:
    """The workloads whose pods the Service selects."""
    return [
        one.object
        for one in manifests
        if isinstance(one.object, Deployment | StatefulSet | DaemonSet)
        and one.object.metadata.namespace == service.metadata.namespace
        and service.spec.selector.items() <= one.object.spec.template.metadata.labels.items()
    ]


def disturb(kind: str, at: int, workloads: Sequence[Workload], nodes: Sequence[NodeSpec], namespace: str = "default") -> list[Action]:
    """The actions of a disturbance at `at` (ns) by a user of `namespace`. Raises UsageError when there is nothing to disturb."""
    if kind == NODE_LOSS:
        if len(nodes) < 2:
            raise UsageError("node-loss needs a second node for the replacement pods: --nodes 2, or cluster.nodes in a Scenario")
        return [_action(at, "node", f"node/{nodes[-1].name}", down=True, unreachable=True)]
    if not workloads:
        raise UsageError(f"{kind} needs a Deployment, StatefulSet or DaemonSet behind the Service")
    actions = []
    for item in workloads:
        name = f"{item.kind.lower()}/{item.metadata.name}"
        other = {} if item.metadata.namespace == namespace else {"namespace": item.metadata.namespace}
        if kind == ROLLOUT:
            actions.append(_action(at, "rolloutRestart", name, **other))
        elif not isinstance(item, DaemonSet):
            replicas = 1 if item.spec.replicas is None else item.spec.replicas
            actions.append(_action(at, "scale", name, replicas=max(0, replicas - 1), **other))
    return actions


def settled_at(story: Story) -> int:
    """A time at which the start-up is over (ns): a minute, or some time after the last pod became ready for the first time."""
    first = [pod.lane.ready[0].begin for pod in story.pods if pod.lane.ready]
    return max(USUAL, -(-(max(first, default=0) + QUIET) // QUIET) * QUIET)


def _action(at: int, verb: str, target: str, **options: object) -> Action:
    return Action(at, verb, target, dict(options), "--during")
