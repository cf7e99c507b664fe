"""The whole status of a pod as the kubelet means to report it (generateAPIPodStatus)."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from simulator.container.status import RuntimePod
from simulator.dialect import Dialect
from simulator.kubelet import conditions
from simulator.kubelet.container_statuses import Reason, Translation, container_statuses
from simulator.kubelet.phase import phase
from simulator.kubelet.pod_actions import sandbox_need
from simulator.objects.base import evolve
from simulator.objects.pod import Pod
from simulator.objects.pod_status import ContainerStatus, HostIP, PodCondition, PodIP, PodStatus

TERMINAL = ("Succeeded", "Failed")
ProbeView = Callable[[Pod, list[ContainerStatus]], list[ContainerStatus]]


class StatusInputs(NamedTuple):
    """What a status is made from besides the pod: the runtime's view, the status before, and the helpers that know the rest."""

    runtime: RuntimePod
    previous: PodStatus
    reasons: Callable[[str], Reason | None]
    translate: Translation
    with_probe_results: ProbeView
    host_ip: str
    past_deadline: bool
    deadline_message: str


def pod_status(pod: Pod, inputs: StatusInputs, dialect: Dialect, *, terminal: bool) -> PodStatus:
    """The status. `terminal`: all containers have ended and none will be started."""
    runtime, previous = inputs.runtime, inputs.previous
    regular = container_statuses(
        pod, pod.spec.containers, runtime, previous.container_statuses, inputs.reasons, inputs.translate, init=False
    )
    init = container_statuses(
        pod, pod.spec.init_containers, runtime, previous.init_container_statuses, inputs.reasons, inputs.translate, init=True
    )
    found = phase(pod, [*regular, *init], terminal=terminal, initialized=conditions.any_regular_started(pod, regular))
    # A terminal phase is final, whoever wrote it.
    if found not in TERMINAL:  # STA-02
        found = next((old for old in (previous.phase, pod.status.phase) if old in TERMINAL), found)
    reason, message = (
        (previous.reason or pod.status.reason, previous.message or pod.status.message) if found == previous.phase else ("", "")
    )
    if inputs.past_deadline:
        found, reason, message = "Failed", "DeadlineExceeded", inputs.deadline_message
    if pod.status.phase in TERMINAL:
        found = pod.status.phase
    regular, init = inputs.with_probe_results(pod, regular), inputs.with_probe_results(pod, init)
    if dialect.reports_container_resources:
        regular, init = [_with_resources(pod, s) for s in regular], [_with_resources(pod, s) for s in init]
    ips = [inputs.host_ip] if pod.spec.host_network else [runtime.ip or previous.pod_ip] if runtime.ip or previous.pod_ip else []
    return PodStatus(
        phase=found,
        reason=reason,
        message=message,
        conditions=_conditions(pod, [*init, *regular], runtime, previous, found, dialect),
        host_ip=inputs.host_ip,
        host_ips=[HostIP(ip=inputs.host_ip)],
        pod_ip=ips[0] if ips else "",
        pod_ips=[PodIP(ip=ip) for ip in ips],
        init_container_statuses=init,
        container_statuses=regular,
        qos_class=pod.status.qos_class or previous.qos_class,
        start_time=previous.start_time,
        observed_generation=pod.metadata.generation or 0 if dialect.reports_observed_generation else 0,
        nominated_node_name=pod.status.nominated_node_name,
    )


def _conditions(
    pod: Pod, statuses: list[ContainerStatus], runtime: RuntimePod, previous: PodStatus, found: str, dialect: Dialect
) -> list[PodCondition]:
    """The kubelet's conditions in its order, behind those of others; times are filled in when the status is stored."""
    others = [c for c in pod.status.conditions if c.type not in conditions.OWNED]
    own = [
        conditions.condition("PodReadyToStartContainers", not sandbox_need(pod, runtime).needed),
        conditions.initialized(pod, statuses, found),
        conditions.ready(pod, pod.status.conditions, statuses, found),
        conditions.containers_ready(pod, statuses, found),
        conditions.condition("PodScheduled", True),
    ]
    was = {c.type: c.status for c in previous.conditions}
    if dialect.initialized_is_final and was.get("Initialized") == "True" and own[1].status == "False":
        own[1] = conditions.condition("Initialized", True)
    if dialect.reports_observed_generation:
        own = [evolve(c, observed_generation=pod.metadata.generation) for c in own]
    return [*others, *own]


def _with_resources(pod: Pod, status: ContainerStatus) -> ContainerStatus:
    spec = next((c for c in (*pod.spec.containers, *pod.spec.init_containers) if c.name == status.name), None)
    if spec is None:
        return status
    return evolve(status, resources=spec.resources, allocated_resources=spec.resources.requests)
