"""Facts about pod specs that only the kubelet needs, and the rules of restarting a container."""

from __future__ import annotations

from simulator.container.status import ContainerRecord, RuntimePod, State
from simulator.objects.base import evolve
from simulator.objects.container import Container, ResourceRequirements
from simulator.objects.pod import Pod
from simulator.objects.pod_facts import restart_policy_of, sidecars

Resources = dict[str, ResourceRequirements]
"""What containers request and may have, by their names."""


def is_init(pod: Pod, name: str) -> bool:
    """Whether the container of that name is an init container."""
    return any(container.name == name for container in pod.spec.init_containers)


def field_path(pod: Pod, name: str) -> str:
    """The field path of events about a container."""
    if any(item.get("name") == name for item in pod.spec.ephemeral_containers):
        return f"spec.ephemeralContainers{{{name}}}"
    return f"spec.{'initContainers' if is_init(pod, name) else 'containers'}{{{name}}}"


def definition(container: Container) -> str:
    """What makes a running container outdated when it changes: its name and image (kubecontainer.HashContainer)."""
    return f"{container.name}:{container.image}"


def resizable(pod: Pod) -> list[Container]:
    """The containers whose resources can change while they run: regular ones and sidecars."""
    return [*sidecars(pod.spec), *pod.spec.containers]


def resources_of(pod: Pod) -> Resources:
    """The resources of the containers that can be resized, by name."""
    return {item.name: item.resources for item in resizable(pod)}


def with_resources(pod: Pod, resources: Resources) -> Pod:
    """The pod with these resources."""
    if resources_of(pod) == resources:
        return pod

    def given(items: list[Container]) -> list[Container]:
        return [evolve(item, resources=resources.get(item.name, item.resources)) for item in items]

    return evolve(pod, spec=evolve(pod.spec, containers=given(pod.spec.containers), init_containers=given(pod.spec.init_containers)))


def as_running(pod: Pod, runtime: RuntimePod) -> Pod:
    """The pod with what its running containers have: what an earlier kubelet had allocated."""
    running = {record.name: record.resources for record in runtime.running if record.resources is not None}
    return with_resources(pod, {name: running.get(name, resources) for name, resources in resources_of(pod).items()})


def is_resized(container: Container, record: ContainerRecord | None) -> bool:
    """Whether a running container has other resources than it should have by now."""
    if record is None or record.state is not State.RUNNING or record.resources is None:
        return False
    return record.resources is not container.resources and record.resources != container.resources


def resize_restarts(container: Container, record: ContainerRecord) -> bool:
    """Whether a change of a container's resources restarts it, by its resizePolicy."""
    had, has = record.resources or container.resources, container.resources
    changed = {
        name
        for name in ("cpu", "memory")
        if (had.requests.get(name), had.limits.get(name)) != (has.requests.get(name), has.limits.get(name))
    }
    return any(item.get("resourceName") in changed and item.get("restartPolicy") == "RestartContainer" for item in container.resize_policy)


def restart_rule(container: Container, pod: Pod, exit_code: int) -> str:
    """The rule by which a container that has ended is started again; empty when it is not (podutil.ContainerShouldRestart)."""
    if container.restart_policy and exit_code_action(container, exit_code):
        return "RST-14"
    policy = restart_policy_of(pod, container)  # RST-13
    if policy == "Never":  # RST-03
        return ""
    return "" if policy == "OnFailure" and exit_code == 0 else "RST-04"  # RST-04


def restarts(container: Container, pod: Pod, exit_code: int) -> bool:
    """Whether a container that has ended is started again."""
    return bool(restart_rule(container, pod, exit_code))


def exit_code_action(container: Container, exit_code: int) -> str:
    """The action of the container's first `restartPolicyRules` entry that matches an exit code; empty when none does."""
    for rule in container.restart_policy_rules:
        codes = rule.get("exitCodes") or {}
        if (exit_code in codes.get("values", [])) is (codes.get("operator") == "In"):  # RST-14
            return str(rule.get("action", ""))
    return ""


def formatted(pod: Pod) -> str:
    """A pod's name in the kubelet's messages: `name_namespace(uid)`."""
    return f"{pod.metadata.name}_{pod.metadata.namespace}({pod.metadata.uid})"


def runtime_id(container_id: str) -> str:
    """The runtime's own id in a status' containerID: `abc` of `containerd://abc`."""
    return container_id.rpartition("//")[2]
