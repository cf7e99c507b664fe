"""Small questions about pod specs that many rules ask."""

from __future__ import annotations

from simulator.objects.container import Container
from simulator.objects.pod import Pod


def is_sidecar(container: Container) -> bool:
    """A restartable init container."""
    return container.restart_policy == "Always"


def sidecars(pod: Pod) -> list[Container]:
    """The pod's restartable init containers, in spec order."""
    return [container for container in pod.spec.init_containers if is_sidecar(container)]


def has_sidecars(pod: Pod) -> bool:
    """Whether the pod has a restartable init container."""
    return any(is_sidecar(container) for container in pod.spec.init_containers)


def probed(pod: Pod) -> list[Container]:
    """The containers whose probes run: regular ones, then sidecars."""
    return [*pod.spec.containers, *sidecars(pod)]


def container_of(pod: Pod, name: str) -> Container | None:
    """The container of that name, of whatever sort."""
    return next((c for c in (*pod.spec.containers, *pod.spec.init_containers) if c.name == name), None)


def is_init(pod: Pod, name: str) -> bool:
    """Whether the container of that name is an init container."""
    return any(container.name == name for container in pod.spec.init_containers)


def field_path(pod: Pod, name: str) -> str:
    """Where events about a container point."""
    return f"spec.{'initContainers' if is_init(pod, name) else 'containers'}{{{name}}}"


def definition(container: Container) -> str:
    """What makes a running container outdated when it changes: its name and image (kubecontainer.HashContainer)."""
    return f"{container.name}:{container.image}"


def restarts_on_failure(pod: Pod) -> bool:
    """Whether a container that failed is started again."""
    return pod.spec.restart_policy != "Never"


def policy_of(container: Container, pod: Pod) -> str:
    """The restart policy that a container follows: its own, else the pod's."""
    return container.restart_policy or pod.spec.restart_policy  # RST-13


def restart_rule(container: Container, pod: Pod, exit_code: int) -> str:
    """The rule by which a container that has ended is started again; empty when it is not (podutil.ContainerShouldRestart)."""
    if container.restart_policy and exit_code_action(container, exit_code):
        return "RST-14"
    policy = policy_of(container, pod)
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
    """A pod as the kubelet names it in messages: `name_namespace(uid)`."""
    return f"{pod.metadata.name}_{pod.metadata.namespace}({pod.metadata.uid})"


def runtime_id(container_id: str) -> str:
    """The runtime's own id in a status' containerID: `abc` of `containerd://abc`."""
    return container_id.rpartition("//")[2]
