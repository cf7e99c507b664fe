"""Facts about pod specs that only the kubelet needs, and the rules of restarting a container."""

from __future__ import annotations

from simulator.objects.container import Container
from simulator.objects.pod import Pod
from simulator.objects.pod_facts import restart_policy_of


def is_init(pod: Pod, name: str) -> bool:
    """Whether the container of that name is an init container."""
    return any(container.name == name for container in pod.spec.init_containers)


def field_path(pod: Pod, name: str) -> str:
    """The field path of events about a container."""
    return f"spec.{'initContainers' if is_init(pod, name) else 'containers'}{{{name}}}"


def definition(container: Container) -> str:
    """What makes a running container outdated when it changes: its name and image (kubecontainer.HashContainer)."""
    return f"{container.name}:{container.image}"


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
