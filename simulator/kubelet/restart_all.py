"""RestartAllContainers: a rule of one container removes all containers of its pod, which then starts from the beginning. Pure."""

from __future__ import annotations

from simulator.container.status import ContainerRecord, RuntimePod, State
from simulator.kubelet.specs import exit_code_action
from simulator.objects.conditions import has_condition
from simulator.objects.container import Container
from simulator.objects.pod import Pod
from simulator.objects.pod_facts import all_containers, container_named
from simulator.objects.pod_status import PodStatus

ACTION = "RestartAllContainers"
CONDITION = "AllContainersRestarting"
STARTED = "RestartAllContainersStarted"
REASON = "RestartingAllContainers"
REMOVED = "The container is removed because RestartAllContainers in place"


def can_restart_all(pod: Pod) -> bool:
    """Whether a container has a rule with that action (AllContainersCouldRestart)."""
    return any(rule.get("action") == ACTION for container in all_containers(pod.spec) for rule in container.restart_policy_rules)


def restarts_all(pod: Pod, runtime: RuntimePod, status: PodStatus) -> bool:
    """Whether all containers have to restart: one has ended as its rule says, or it was decided before (ShouldAllContainersRestart)."""
    if not can_restart_all(pod):
        return False
    if has_condition(status, CONDITION):
        return True
    shown = {item.name: item.state.terminated for item in (*status.init_container_statuses, *status.container_statuses)}
    for container in all_containers(pod.spec):
        ended, reported = runtime.newest(container.name), shown.get(container.name)
        if ended is not None and _asks(container, ended):
            return True
        if reported is not None and exit_code_action(container, reported.exit_code) == ACTION:
            return True
    return False


def is_reset(pod: Pod, runtime: RuntimePod) -> bool:
    """Whether all its containers have been removed (AllContainersRestartCleanedUp)."""
    return not any(runtime.newest(container.name) for container in all_containers(pod.spec))


def to_reset(pod: Pod, runtime: RuntimePod) -> list[ContainerRecord]:
    """All instances in the order in which they are removed: those that have asked for it come last, init containers after others."""
    records = [record for container in (*pod.spec.containers, *pod.spec.init_containers) for record in runtime.instances(container.name)]
    return sorted(records, key=lambda record: _asks(container_named(pod, record.name), record))


def _asks(container: Container | None, record: ContainerRecord) -> bool:
    return container is not None and record.state is State.EXITED and exit_code_action(container, record.exit_code) == ACTION
