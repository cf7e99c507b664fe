"""The whole status of a pod as the kubelet reports it (generateAPIPodStatus). Pure, apart from the probes that it triggers."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

from simulator.container.status import RuntimePod, State
from simulator.dialect import Dialect
from simulator.kubelet import conditions, restart_all
from simulator.kubelet.container_statuses import Reason, Translation, container_statuses
from simulator.kubelet.phase import phase
from simulator.kubelet.pod_actions import sandbox_need
from simulator.kubelet.pod_states import Disruption
from simulator.objects.base import evolve
from simulator.objects.conditions import DISRUPTION_TARGET, INITIALIZED, POD_SCHEDULED, condition_of, has_condition
from simulator.objects.pod import Pod
from simulator.objects.pod_facts import FAILED, SUCCEEDED, container_named, ephemeral, has_ended, is_terminal
from simulator.objects.pod_status import ContainerStatus, HostIP, PodCondition, PodIP, PodStatus

ProbeView = Callable[[Pod, list[ContainerStatus]], list[ContainerStatus]]


class StatusInputs(NamedTuple):
    """What a status is made from besides the pod.

    `reasons(container)`: why the last start of a container failed. `with_probe_results(pod, statuses)`: the statuses with `started` and
    `ready`. `restarts_all`: all containers have to restart. `deadline_message`: the status' message when activeDeadlineSeconds have
    passed; empty when they have not. `resizes`: the conditions of resizes that wait or are under way.
    """

    runtime: RuntimePod
    previous: PodStatus
    reasons: Callable[[str], Reason | None]
    translate: Translation
    with_probe_results: ProbeView
    host_ip: str
    deadline_message: str = ""
    restarts_all: bool = False
    resizes: Sequence[PodCondition] = ()


def pod_status(pod: Pod, inputs: StatusInputs, dialect: Dialect, *, terminal: bool) -> PodStatus:
    """The status. `terminal`: all containers have ended and none will be started."""
    runtime, previous, reasons, translate = inputs[:4]
    regular = container_statuses(pod, pod.spec.containers, runtime, previous.container_statuses, reasons, translate, init=False)
    init = container_statuses(pod, pod.spec.init_containers, runtime, previous.init_container_statuses, reasons, translate, init=True)
    added, before = ephemeral(pod.spec), previous.ephemeral_container_statuses
    extra = container_statuses(pod, added, runtime, before, reasons, translate, init=False) if added else []  # EPH-02
    started = any(runtime.active(container.name) for container in pod.spec.containers)
    current, reason, message = _phase(pod, inputs, phase(pod, [*regular, *init], terminal=terminal, initialized=started))
    regular, init = inputs.with_probe_results(pod, regular), inputs.with_probe_results(pod, init)
    if dialect.resizes_pods:
        regular, init, extra = ([_with_resources(pod, runtime, s) for s in statuses] for statuses in (regular, init, extra))
    ip = inputs.host_ip if pod.spec.host_network else runtime.last_ip  # STA-13
    return PodStatus(
        phase=current,
        reason=reason,
        message=message,
        conditions=_conditions(pod, [*init, *regular], inputs, current, dialect),
        host_ip=inputs.host_ip,
        host_ips=[HostIP(ip=inputs.host_ip)],
        pod_ip=ip,
        pod_ips=[PodIP(ip=ip)] if ip else [],
        init_container_statuses=init,
        container_statuses=regular,
        ephemeral_container_statuses=extra,
        qos_class=pod.status.qos_class or previous.qos_class,
        start_time=previous.start_time,
        observed_generation=pod.metadata.generation or 0 if dialect.reports_observed_generation else 0,
        nominated_node_name=pod.status.nominated_node_name,
    )


def _phase(pod: Pod, inputs: StatusInputs, computed: str) -> tuple[str, str, str]:
    """The phase with its reason and message, given the one that follows from the containers."""
    previous = inputs.previous
    # A terminal phase is final, whichever component wrote it.
    if not is_terminal(computed):  # STA-02
        computed = next((old for old in (previous.phase, pod.status.phase) if is_terminal(old)), computed)
    reason, message = "", ""
    if computed == previous.phase:
        reason, message = previous.reason or pod.status.reason, previous.message or pod.status.message
    if inputs.deadline_message:
        computed, reason, message = FAILED, "DeadlineExceeded", inputs.deadline_message
    return pod.status.phase if has_ended(pod) else computed, reason, message


def _conditions(pod: Pod, statuses: list[ContainerStatus], inputs: StatusInputs, current: str, dialect: Dialect) -> list[PodCondition]:
    """The kubelet's conditions in its order, after those of others; times are filled in when the status is stored."""
    others = [c for c in pod.status.conditions if c.type not in (*conditions.OWNED, DISRUPTION_TARGET)]
    others += inputs.resizes
    others += [c for c in [condition_of(inputs.previous, DISRUPTION_TARGET)] if c is not None]
    initialized = conditions.initialized(pod, statuses, current)
    if dialect.initialized_is_final and has_condition(inputs.previous, INITIALIZED) and initialized.status == "False":
        initialized = conditions.condition(INITIALIZED, True)
    own = [
        conditions.condition(conditions.READY_TO_START, not sandbox_need(pod, inputs.runtime).needed),
        initialized,
        conditions.ready(pod, pod.status.conditions, statuses, current),
        conditions.containers_ready(pod, statuses, current),
        conditions.condition(POD_SCHEDULED, True),
    ]
    if dialect.restart_rules_may_restart_the_pod and restart_all.can_restart_all(pod):
        own.append(conditions.restarting(pod, inputs.runtime, current, restarts=inputs.restarts_all))
    if dialect.reports_observed_generation:
        own = [evolve(c, observed_generation=pod.metadata.generation) for c in own]
    return [*others, *own]


def _with_resources(pod: Pod, runtime: RuntimePod, status: ContainerStatus) -> ContainerStatus:
    """The status with what is allocated to the container, and with what it has if it runs."""
    spec, newest = container_named(pod, status.name), runtime.newest(status.name)
    if spec is None:
        return status
    has = newest.resources if newest is not None and newest.state is State.RUNNING else None
    return evolve(status, resources=has or spec.resources, allocated_resources=spec.resources.requests)  # RSZ-08


def disrupted_status(pod: Pod, status: PodStatus, disruption: Disruption) -> PodStatus:
    """The status of a pod that its node stops: unless it has succeeded, it has failed."""
    target = conditions.condition(DISRUPTION_TARGET, True, "TerminationByKubelet", disruption.message)
    if status.observed_generation:
        target = evolve(target, observed_generation=pod.metadata.generation)
    kept = [c for c in status.conditions if c.type != DISRUPTION_TARGET]
    phase_ = status.phase if status.phase == SUCCEEDED else FAILED
    return evolve(status, phase=phase_, reason=disruption.reason, message=disruption.message, conditions=[target, *kept])
